-- expect: ok|SCRIPT_ERROR
return json.encode(setmetatable({}, { __index = function() while true do end end, __len = function() return 1e9 end, __pairs = error }))
