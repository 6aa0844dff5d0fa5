-- expect: SCRIPT_ERROR|ok|MEMORY_LIMIT|CPU_LIMIT
local f, why = load("return \"" .. ("\\u{7FFFFFFF}"):rep(1e5) .. "\"")
return type(f)
