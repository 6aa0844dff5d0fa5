-- expect: ok
return pcall(sleep, -1), pcall(sleep, 0 / 0), pcall(sleep, 1 / 0), pcall(sleep, {}), pcall(sleep)
