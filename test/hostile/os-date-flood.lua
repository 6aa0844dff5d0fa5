-- expect: MEMORY_LIMIT|CPU_LIMIT
return #os.date(("%c"):rep(5e6))
