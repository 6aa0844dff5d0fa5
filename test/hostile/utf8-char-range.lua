-- expect: ok|SCRIPT_ERROR
return pcall(utf8.char, -1), pcall(utf8.char, 2^31), pcall(utf8.char, 2^53), #utf8.char(0x7FFFFFFF, 0xD800, 0)
