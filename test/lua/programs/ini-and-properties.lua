-- Files of settings, section by section.
local function parse(s)
  local out, section = {}, "global"
  local order = {}
  for line in (s .. "\n"):gmatch("(.-)\r?\n") do
    line = line:gsub("%s*[;#].*$", ""):match("^%s*(.-)%s*$")
    local name = line:match("^%[(.-)%]$")
    local key, value = line:match("^([%w_.]+)%s*=%s*(.*)$")
    if name then section = name
    elseif key then
      if not out[section] then out[section] = {} order[#order + 1] = section end
      out[section][key] = tonumber(value) or (value == "true") or value ~= "false" and value
    elseif line ~= "" then error("bad line: " .. line, 0) end
  end
  return out, order
end
local t, order = parse "a = 1 ; one\n[server]\nhost = example.org\r\nport=8080\n\n# end\n[flags]\non = true\noff = false"
assert(t.server.port == 8080 and t.flags.on == true and t.flags.off == false)
print(table.concat(order, " "), t.global.a, t.server.host)
print(pcall(parse, "nonsense"))
