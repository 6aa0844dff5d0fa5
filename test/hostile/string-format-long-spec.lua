-- expect: SCRIPT_ERROR
return string.format("%" .. ("0"):rep(1e7) .. "d", 1)
