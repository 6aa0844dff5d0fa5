-- Functions on functions.
local function memoize(f)
  local cache, hits = {}, 0
  return function(...)
    local key = table.concat({ ... }, "\0")
    if cache[key] == nil then cache[key] = f(...) else hits = hits + 1 end
    return cache[key], hits
  end
end
local fib
fib = memoize(function(n) if n < 2 then return n end return (fib(n - 1)) + (fib(n - 2)) end)
assert((fib(70)) == 190392490709135)
print((fib(70)))
local function curry(f, n) n = n or 2 return function(a) if n <= 1 then return f(a) end return curry(function(...) return f(a, ...) end, n - 1) end end
local function compose(...) local fs = { ... } return function(x) for i = #fs, 1, -1 do x = fs[i](x) end return x end end
print(curry(function(a, b, c) return a .. b .. c end, 3)("x")("y")("z"), compose(function(x) return x * 2 end, function(x) return x + 1 end)(5))
local function bind(f, ...) local args = table.pack(...) return function(...) local all = { table.unpack(args, 1, args.n) } for i, v in ipairs { ... } do all[args.n + i] = v end return f(table.unpack(all)) end end
print(bind(math.max, 3, 9)(4), select("#", table.unpack({ n = 3 }, 1, 3)))
