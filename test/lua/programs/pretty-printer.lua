-- A pretty printer with sorted keys, quotes and cycles.
local function show(v, indent, seen)
  if type(v) == "string" then return ("%q"):format(v) end
  if type(v) ~= "table" then return tostring(v) end
  if seen[v] then return "<table " .. seen[v] .. ">" end
  seen.n = seen.n + 1
  seen[v] = seen.n
  local keys, lines = {}, {}
  for k in pairs(v) do if not (math.type(k) == "integer" and k >= 1 and k <= #v) then keys[#keys + 1] = k end end
  table.sort(keys, function(a, b)
    if type(a) ~= type(b) then return type(a) < type(b) end
    return a < b
  end)
  for i = 1, #v do lines[#lines + 1] = indent .. show(v[i], indent .. "  ", seen) end
  for _, k in ipairs(keys) do
    local key = type(k) == "string" and k:match("^[%a_][%w_]*$") or "[" .. show(k, "", seen) .. "]"
    lines[#lines + 1] = indent .. key .. " = " .. show(v[k], indent .. "  ", seen)
  end
  if #lines == 0 then return "{}" end
  return "{\n" .. table.concat(lines, ",\n") .. "\n" .. indent:sub(3) .. "}"
end
local t = { 1, "two", { 3 }, name = "x", ["a b"] = true, [10] = 0.5, e = {} }
t.self = t
local out = show(t, "  ", { n = 0 })
assert(out:find("<table 1>", 1, true))
print(out)
