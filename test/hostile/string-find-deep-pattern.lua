-- expect: SCRIPT_ERROR|ok|CPU_LIMIT
return string.find(("a"):rep(3e5), ("a?"):rep(3e5) .. ("a"):rep(3e5))
