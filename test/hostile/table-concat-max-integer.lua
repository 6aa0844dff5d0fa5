-- expect: ok|SCRIPT_ERROR|CPU_LIMIT
return #table.concat(setmetatable({}, { __index = function() return "x" end }), "", 2147483646, 2147483647)
