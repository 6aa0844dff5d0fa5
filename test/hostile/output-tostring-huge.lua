-- expect: MEMORY_LIMIT
print(setmetatable({}, { __tostring = function() return ("x"):rep(2^30) end }))
