-- expect: ok|MEMORY_LIMIT
print((("\0\1\27[31m\xff"):rep(1e6)))
