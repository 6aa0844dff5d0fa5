-- Tables to Lua text and back by load.
local function dump(v)
  if type(v) == "table" then
    local keys, out = {}, {}
    for k in pairs(v) do keys[#keys + 1] = k end
    table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
    for i, k in ipairs(keys) do out[i] = "[" .. dump(k) .. "]=" .. dump(v[k]) end
    return "{" .. table.concat(out, ",") .. "}"
  end
  return type(v) == "string" and ("%q"):format(v):gsub("\\\n", "\\n") or tostring(v)
end
local function equal(a, b)
  if type(a) ~= "table" or type(b) ~= "table" then return a == b end
  for k, v in pairs(a) do if not equal(v, b[k]) then return false end end
  for k in pairs(b) do if a[k] == nil then return false end end
  return true
end
local value = { 1, 2, x = { y = "line\nbreak", z = { true, false } }, [-5] = 0.25, ["end"] = "\0" }
local text = dump(value)
assert(equal(value, load("return " .. text)()))
print((text:gsub("%c", "?")))
