-- expect: SCRIPT_ERROR
error(setmetatable({}, { __tostring = function() return 42 end }))
