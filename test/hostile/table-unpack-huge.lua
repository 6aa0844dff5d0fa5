-- expect: SCRIPT_ERROR
return table.unpack({}, 1, 1e8)
