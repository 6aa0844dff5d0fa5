-- expect: SCRIPT_ERROR
return table.unpack(setmetatable({}, { __len = function() return 2^31 - 1 end }))
