-- expect: CPU_LIMIT
return regex.match_all(("a"):rep(200) .. "!", "(?:(?:a*)*)*b")
