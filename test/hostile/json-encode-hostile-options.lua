-- expect: SCRIPT_ERROR
local o = {}
o.o = o
json.encode(1, o)
