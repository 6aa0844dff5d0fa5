-- expect: INVALID_ARGUMENTS|SCRIPT_ERROR
local t = {}
t[1] = t
return t
