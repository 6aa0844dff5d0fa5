-- expect: SCRIPT_ERROR|MEMORY_LIMIT
local s = ("x"):rep(2e7)
return select("#", utf8.codepoint(s, 1, -1))
