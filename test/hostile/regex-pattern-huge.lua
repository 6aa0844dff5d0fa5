-- expect: SCRIPT_ERROR|MEMORY_LIMIT
return regex.match("x", "(" .. ("a?"):rep(20e6) .. ")b")
