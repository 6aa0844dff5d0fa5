-- Tables that watch, default and refuse.
local log = {}
local function watch(t) return setmetatable({}, { __index = function(_, k) log[#log + 1] = "get " .. tostring(k) return t[k] end, __newindex = function(_, k, v) log[#log + 1] = "set " .. tostring(k) t[k] = v end, __pairs = function() return next, t, nil end, __len = function() return #t end }) end
local w = watch { 1, 2 }
w[3] = w[1] + w[2]
local count = 0
for _ in pairs(w) do count = count + 1 end
print(#w, count, table.concat(log, ", "))
local function readonly(t) return setmetatable({}, { __index = t, __newindex = function(_, k) error("read only: " .. k, 0) end, __metatable = "locked" }) end
local r = readonly { x = 1 }
assert(r.x == 1 and getmetatable(r) == "locked")
print(pcall(function() r.y = 2 end), pcall(setmetatable, r, {}))
local counts = setmetatable({}, { __index = function(t, k) t[k] = 0 return 0 end })
for c in ("mississippi"):gmatch(".") do counts[c] = counts[c] + 1 end
print(counts.i, counts.m, counts.p, counts.s, rawget(counts, "z"))
local closed = setmetatable({}, { __eq = function() return true end, __lt = function() return true end, __idiv = function() return "idiv" end, __mod = function() return "mod" end, __band = function() return "band" end, __shl = function() return "shl" end, __bnot = function() return "bnot" end })
print(closed == setmetatable({}, getmetatable(closed)), closed < closed, closed // 1, closed % 1, closed & 1, closed << 1, ~closed)
