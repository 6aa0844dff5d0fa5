-- expect: SCRIPT_ERROR
return string.rep()
