-- expect: SCRIPT_ERROR
return string.format("%99.99f", 1e308), string.format("%100d", 1)
