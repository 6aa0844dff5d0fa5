-- expect: ok|SCRIPT_ERROR|CPU_LIMIT
return #table.concat({ [2^53] = "x" }, "", 2^53, 2^53)
