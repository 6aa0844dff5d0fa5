-- expect: SCRIPT_ERROR|ok|CPU_LIMIT|MEMORY_LIMIT
local f, why = load("if x then " .. ("elseif y then "):rep(1e5) .. "end")
if not f then error(tostring(why):sub(1, 200)) end
