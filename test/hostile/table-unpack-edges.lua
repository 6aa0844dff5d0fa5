-- expect: SCRIPT_ERROR|ok
return select("#", table.unpack({}, 2147483647, 2147483647)), pcall(table.unpack, {}, -2^31, 2^31 - 1), pcall(table.unpack, {}, -2^53, 2^53)
