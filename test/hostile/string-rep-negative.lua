-- expect: ok
return #string.rep("x", -2^31), #string.rep("x", -2^20)
