-- expect: CPU_LIMIT|SCRIPT_ERROR
local function f(n, ...) if select("#", ...) > 2e5 then return n end return f(n + #{ ... }, n, ...) end
f(1)
