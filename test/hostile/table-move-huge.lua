-- expect: CPU_LIMIT
return table.move({}, 1, 2^31 - 2, 2)
