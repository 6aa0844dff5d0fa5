-- expect: SCRIPT_ERROR
local t = {}
t.t = t
t[t] = t
error(t)
