-- expect: ok
return pcall(os.date, "*t", 2^60), pcall(os.time, { year = 2^53, month = 1, day = 1 }), pcall(os.time, { year = 0 / 0, month = "x", day = {} })
