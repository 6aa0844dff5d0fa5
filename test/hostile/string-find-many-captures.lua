-- expect: SCRIPT_ERROR
return string.find("a", ("()"):rep(1000))
