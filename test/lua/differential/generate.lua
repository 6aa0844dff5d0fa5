-- Seeded cases: expressions, library calls and patterns. Each batch prints one hash of all its results; with the number of a batch, as `...`
-- or in `batch`, its cases and results. Nothing in it may hit one of the intended differences from Lua 5.3 (lua-docs/lua-differences.md).
local only = tonumber((... or input and input.batch))
local BATCHES, CASES = 100, 200
local seed

local function random(n)
  seed = seed * 16807 % 2147483647
  return seed % n + 1
end
local function pick(list) return list[random(#list)] end

local function int() return tostring(random(2001) - 1001) end
local function positive() return tostring(random(500)) end
local function float() return ("%d.%d"):format(random(100) - 1, random(9)) end
local function word()
  local t = {}
  for i = 1, random(7) - 1 do t[i] = pick { "a", "b", "c", "x", "1", "2", " ", ".", "-", "_", "A", "Z" } end
  return ("%q"):format(table.concat(t))
end

local number
function number(depth)
  if depth == 0 then return pick { int, int, float, positive }() end
  return pick {
    function() return "(" .. number(depth - 1) .. pick { " + ", " - ", " * " } .. number(depth - 1) .. ")" end,
    function() return "(" .. number(depth - 1) .. pick { " // ", " % ", " / " } .. positive() .. ")" end,
    function() return "-(" .. number(depth - 1) .. ")" end,
    function() return "math." .. pick { "floor", "ceil", "abs" } .. "(" .. number(depth - 1) .. ")" end,
    function() return "math." .. pick { "max", "min" } .. "(" .. number(depth - 1) .. ", " .. number(depth - 1) .. ")" end,
    function() return "#" .. word() end,
  }()
end

local function bits()
  local a, b = tostring(random(1000000)), tostring(random(1000000))
  return pick {
    function() return a .. pick { " & ", " | ", " ~ " } .. b end,
    function() return a .. " >> " .. random(20) end,
    function() return random(255) .. " << " .. random(16) end,
  }()
end

local atoms = { "a", "b", ".", "%a", "%d", "%s", "%w", "%p", "[ab]", "[^a]", "[a-c1]", "%.", "()", "(a)", "(.)", "%u", "%l", "x", "1", " ", "[%w_]", "%D", "[%s.]", "%b()", "%1", "%f[%w]", "%f[^a]" }
local function pattern()
  local t = { pick { "", "", "", "^" } }
  for _ = 1, random(4) do t[#t + 1] = pick(atoms) .. pick { "", "", "", "*", "+", "-", "?" } end
  t[#t + 1] = pick { "", "", "", "$" }
  return ("%q"):format(table.concat(t))
end

local kinds = {
  function() return number(random(3)) end,
  function() return bits() end,
  function() return "pcall(function() return " .. int() .. pick { " // ", " % " } .. "0 end)" end,
  function() return number(1) .. pick { " < ", " <= ", " == ", " ~= ", " > " } .. number(1) end,
  function() return word() .. pick { " < ", " <= ", " == ", " .. " } .. word() end,
  function() return pick { "nil", "false", int(), word() } .. pick { " and ", " or " } .. pick { "nil", "true", int(), word() } end,
  function() return "not " .. pick { "nil", "false", "0", word() } end,
  function() return word() .. " .. " .. int() end,
  function() return "string." .. pick { "upper", "lower", "reverse", "len" } .. "(" .. word() .. ")" end,
  function() return "(" .. word() .. "):sub(" .. (random(12) - 6) .. ", " .. (random(12) - 6) .. ")" end,
  function() return "(" .. word() .. "):byte(" .. (random(6) - 3) .. ", -1)" end,
  function() return "(" .. word() .. "):rep(" .. (random(5) - 2) .. ", " .. word() .. ")" end,
  function() return "(" .. word() .. "):find(" .. pattern() .. ")" end,
  function() return "(" .. word() .. "):find(" .. word() .. ", " .. random(4) .. ", true)" end,
  function() return "(" .. word() .. "):match(" .. pattern() .. ", " .. (random(5) - 2) .. ")" end,
  function() return "(" .. word() .. "):gsub(" .. pattern() .. ", " .. pick { '"<%0>"', '"%1"', '""', '{ a = "A", b = false }', "string.upper", "function() end" } .. ")" end,
  function() return "all((" .. word() .. "):gmatch(" .. pattern() .. "))" end,
  function() return ("string.format(%q, %s)"):format("%" .. pick { "", "-", "0", "+", " " } .. pick { "", "5", "12" } .. pick { "d", "i" }, int()) end,
  function() return ("string.format(%q, %s)"):format("%" .. pick { "", "8", "-8" } .. pick { "x", "X", "o", "c", "u" }, positive()) end,
  function() return ("string.format(%q, %s)"):format("%" .. pick { "", "10", "-10", "+" } .. pick { ".0f", ".2f", ".3e", "g", ".8g" }, number(1)) end,
  function() return ("string.format(%q, %s)"):format("%" .. pick { "s", "10s", "-10s", ".3s", "q" }, word()) end,
  function() return "tonumber(" .. pick { word(), '"' .. int() .. '"', '" ' .. positive() .. ' "', '"0x' .. positive() .. '"', '"1e' .. random(9) .. '"' } .. ")" end,
  function() return 'tonumber("' .. pick { "zz", "101", "7f", "12", "" } .. '", ' .. pick { "2", "8", "10", "16", "36" } .. ")" end,
  function() return "table.concat({ " .. int() .. ", " .. word() .. ", " .. int() .. " }, " .. word() .. ", " .. random(3) .. ", " .. random(4) .. ")" end,
  function() return "sorted { " .. int() .. ", " .. float() .. ", " .. int() .. ", " .. int() .. " }" end,
  function() return "sorted { " .. word() .. ", " .. word() .. ", " .. word() .. " }" end,
  function() return "changed({ 1, 2, 3 }, " .. pick { "table.insert", "table.remove" } .. ", " .. (random(6) - 1) .. ", " .. int() .. ")" end,
  function() return "table.unpack({ " .. int() .. ", nil, " .. word() .. " }, " .. random(3) .. ", " .. random(4) .. ")" end,
  function() return "select(" .. pick { "1", "2", "-1", "'#'", "0" } .. ", " .. int() .. ", " .. word() .. ")" end,
  function() return "table.concat(table.move({ 1, 2, 3, 4 }, " .. random(3) .. ", " .. random(4) .. ", " .. random(4) .. "), ',')" end,
  function() return "utf8.char(" .. random(500) .. ", " .. random(60000 - 5000) .. ")" end,
  function() return "utf8.len(" .. pick { '"aé€"', '"\\xff"', word() } .. ", " .. (random(4) - 2) .. ")" end,
  function() return "hex(string.pack(" .. pick { "'<i2'", "'>I4'", "'b'", "'<i3'", "'>s1'", "'z'" } .. ", " .. pick { int(), positive(), word() } .. "))" end,
  function() return 'os.date("!' .. pick { "%Y-%m-%d", "%H:%M:%S", "%j %a", "%B %p %y" } .. '", ' .. random(2000000000) .. ")" end,
  function() return "(function(...) local a, b = ... return b, a, select('#', ...) end)(" .. int() .. ", " .. word() .. ")" end,
  function() return "setmetatable({}, { __index = function(_, k) return k .. '!' end })[" .. word() .. "]" end,
  function() return "pcall(error, " .. pick { word() .. ", 0", "nil", int() .. ", 0" } .. ")" end,
  function() return "total(" .. (random(9) - 5) .. ", " .. (random(9) - 5) .. ", " .. pick { "1", "2", "-1", "0.5" } .. ")" end,
}

local env = setmetatable({
  all = function(step)
    local t = {}
    for a, b in step do t[#t + 1] = tostring(a) .. "/" .. tostring(b) end
    return table.concat(t, " ")
  end,
  sorted = function(t)
    table.sort(t)
    for i, v in ipairs(t) do t[i] = type(v) == "number" and ("%.10g"):format(v) or v end
    return table.concat(t, " ")
  end,
  changed = function(t, f, a, b)
    if f == table.insert then f(t, a, b) else f(t, a) end
    return table.concat(t, " ")
  end,
  hex = function(s) return (s:gsub(".", function(c) return ("%02x"):format(c:byte()) end)) end,
  total = function(a, b, step)
    local sum, count = 0, 0
    for i = a, b, step do sum = sum + i count = count + 1 end
    return sum, count
  end,
}, { __index = _G })

-- Whole floats print without ".0" in one of the engines, and of errors only their being errors counts.
local function show(v)
  if type(v) == "number" then return v ~= v and "nan" or ("%.10g"):format(v + 0) end
  return type(v) == "string" and ("%q"):format(v) or tostring(v)
end

local function evaluate(source)
  local fn = load("return " .. source, "=case", "t", env)
  if not fn then return "syntax error" end
  local r = table.pack(pcall(fn))
  if not r[1] then return "error" end
  for i = 2, r.n do r[i] = show(r[i]) end
  return table.concat(r, ", ", 2, r.n)
end

for batch = 1, BATCHES do
  if only == nil or only == batch then
    seed = batch * 7919
    local hash = 0
    for _ = 1, CASES do
      local case = pick(kinds)()
      local result = evaluate(case)
      if only then print(case .. " --> " .. result) end
      for i = 1, #result do hash = (hash * 31 + result:byte(i)) % 2147483647 end
    end
    if not only then print(("%08x"):format(hash)) end
  end
end
