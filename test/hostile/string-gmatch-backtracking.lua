-- expect: CPU_LIMIT
for _ in (("a"):rep(50)):gmatch(("a-"):rep(20) .. "b") do end
