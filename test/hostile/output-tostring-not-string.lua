-- expect: SCRIPT_ERROR
print(setmetatable({}, { __tostring = function() return {} end }))
