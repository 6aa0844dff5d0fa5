-- Errors that are tables, handlers, nested protection.
local NotFound = setmetatable({}, { __call = function(c, name) return setmetatable({ name = name }, c) end })
NotFound.__index = NotFound
NotFound.__tostring = function(e) return "not found: " .. e.name end
local function find(name) if name ~= "a" then error(NotFound(name)) end return 1 end
print(pcall(find, "a"))
local ok, e = pcall(find, "b")
assert(not ok and getmetatable(e) == NotFound)
print(tostring(e))
print(xpcall(find, function(err) return "handled " .. tostring(err) end, "c"))
print(select(2, pcall(error, "with level", 0)), select(2, pcall(error)), select("#", pcall(error, nil)))
local function finally(f, cleanup) local r = table.pack(pcall(f)) cleanup() if not r[1] then error(r[2], 0) end return table.unpack(r, 2, r.n) end
local log = {}
print(pcall(finally, function() log[#log + 1] = "work" error("broken", 0) end, function() log[#log + 1] = "clean" end))
print(table.concat(log, " "), finally(function() return 1, nil, 3 end, function() end))
print(pcall(string.rep)) print(pcall(setmetatable, 1, {})) print((select(2, pcall(function() return 1 + {} end)):gsub("^.-:%d+: ", "")))
print((select(2, pcall(function() local t = nil return t.x end)):gsub("^.-:%d+: ", "")), assert(1, "no") == 1, pcall(assert, false, "said"))
