-- expect: SCRIPT_ERROR|ok|CPU_LIMIT
for i = 1, 10, 0 do end
