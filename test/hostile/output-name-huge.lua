-- expect: ok|MEMORY_LIMIT
print(setmetatable({}, { __name = ("x"):rep(1e7) }))
