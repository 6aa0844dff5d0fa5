-- expect: CPU_LIMIT|MEMORY_LIMIT|ok
local q = ("recording "):rep(1e5)
while true do pcall(docs.search, q) end
