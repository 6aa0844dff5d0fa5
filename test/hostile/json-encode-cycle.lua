-- expect: SCRIPT_ERROR
local t = {}
t.t = t
json.encode(t)
