-- expect: CPU_LIMIT|SCRIPT_ERROR
while true do for _ in pcall(utf8.codes, "\xff") and (function() end) do end end
