-- expect: SCRIPT_ERROR
return select(-2^31, 1)
