-- expect: MEMORY_LIMIT|CPU_LIMIT
return #regex.match_all(("x"):rep(5e6), "(x)(x)?")
