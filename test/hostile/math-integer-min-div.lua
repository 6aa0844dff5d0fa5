-- expect: ok|INVALID_ARGUMENTS
return pcall(function() return math.mininteger // -1, math.mininteger % -1, 1 // 0 end), 1 % math.huge, -1 % math.huge
