-- expect: ok
local t = json.decode('{"__proto__":{"x":1},"constructor":2}')
return t.x == nil, type(t.__proto__), t.constructor, ({}).x == nil
