-- expect: ok|SCRIPT_ERROR
return pcall(string.packsize, ("c2147483647"):rep(100))
