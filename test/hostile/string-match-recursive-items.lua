-- expect: CPU_LIMIT|SCRIPT_ERROR|ok
return (("x"):rep(1e6)):match((".-"):rep(100) .. "y")
