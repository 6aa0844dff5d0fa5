-- expect: ok
return pcall(utf8.offset, ("\x80"):rep(1000), 2^31), pcall(utf8.offset, "abc", -2^53, 2), pcall(utf8.len, "\xff", 1, 2^53)
