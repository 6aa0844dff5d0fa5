-- What values are: types, metatables, lengths.
local samples = { "text", 12, 0.5, true, {}, print, coroutine.create(print) }
for i = 1, #samples do
  local v = samples[i]
  print(i, type(v), type(v) == "number" and math.type(v) or "-", rawequal(v, v), rawlen and type(v) == "table" and rawlen(v) or "-")
end
local proxy = setmetatable({}, { __index = function(_, k) return k .. "!" end, __len = function() return 7 end, __call = function(_, a) return a * 2 end })
assert(proxy.x == "x!" and #proxy == 7 and proxy(4) == 8 and rawlen(proxy) == 0)
print(select("#", nil, nil), select(-1, 1, 2, 3), (select(2, "a", "b", "c")))
print(tostring(nil), tostring(true), tostring(-0 + 7), next({}), type(next))
