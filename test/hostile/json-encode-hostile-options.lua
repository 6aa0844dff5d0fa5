-- expect: SCRIPT_ERROR|INVALID_ARGUMENTS
local o = {}
o.o = o
json.encode(1, o)
