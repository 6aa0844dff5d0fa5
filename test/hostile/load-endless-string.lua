-- expect: MEMORY_LIMIT|CPU_LIMIT
local part = ("x"):rep(1e5)
local first = true
load(function()
  if first then first = false return "return \"" end
  return part
end)
