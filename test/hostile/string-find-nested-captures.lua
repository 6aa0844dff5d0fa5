-- expect: CPU_LIMIT|SCRIPT_ERROR
return string.find(("a"):rep(5000), ("(a*)"):rep(30) .. "b")
