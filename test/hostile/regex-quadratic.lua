-- expect: CPU_LIMIT|ok|MEMORY_LIMIT
return #regex.gsub((" "):rep(3e5), "\\s+$", "")
