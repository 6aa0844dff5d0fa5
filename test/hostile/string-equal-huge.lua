-- expect: CPU_LIMIT|ok|MEMORY_LIMIT
local a = ("a"):rep(1e7)
local b = ("a"):rep(1e7 - 1) .. "a"
local n = 0
for _ = 1, 1e5 do if a == b then n = n + 1 end end
return n
