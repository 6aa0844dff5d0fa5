-- expect: CPU_LIMIT
return (("x"):rep(10)):gsub(".", setmetatable({}, { __index = function() while true do end end }))
