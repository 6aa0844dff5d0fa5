-- expect: CPU_LIMIT|SCRIPT_ERROR
while true do xpcall(error, function() error("x") end) end
