-- expect: CPU_LIMIT|ok
return string.find(("a"):rep(20000), "(.-)(.-)%1%2b")
