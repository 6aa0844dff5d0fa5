-- expect: ok|MEMORY_LIMIT
print(("x"):rep(3e7))
