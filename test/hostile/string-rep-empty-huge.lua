-- expect: ok|CPU_LIMIT
return #string.rep("", 2^31 - 1)
