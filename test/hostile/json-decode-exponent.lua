-- expect: ok|SCRIPT_ERROR|INVALID_ARGUMENTS
return pcall(json.decode, "1e999999999"), pcall(json.decode, "-0"), pcall(json.decode, "[1e400]")
