-- expect: ok|CPU_LIMIT|MEMORY_LIMIT
local a, b = ("a"):rep(1e7), ("a"):rep(1e7) .. "b"
local n = 0
for _ = 1, 1e4 do if a < b then n = n + 1 end end
return n
