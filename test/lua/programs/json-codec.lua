-- JSON: a recursive parser and a writer with sorted keys.
local escapes = { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\t"] = "\\t" }
local function encode(v)
  local t = type(v)
  if t == "table" then
    local parts = {}
    if #v > 0 or next(v) == nil then
      for i = 1, #v do parts[i] = encode(v[i]) end
      return "[" .. table.concat(parts, ",") .. "]"
    end
    local keys = {}
    for k in pairs(v) do keys[#keys + 1] = k end
    table.sort(keys)
    for i, k in ipairs(keys) do parts[i] = encode(k) .. ":" .. encode(v[k]) end
    return "{" .. table.concat(parts, ",") .. "}"
  elseif t == "string" then return '"' .. v:gsub('[%c"\\]', function(c) return escapes[c] or string.format("\\u%04x", c:byte()) end) .. '"'
  end
  return tostring(v)
end
local parse
local function skip(s, i) return s:find("%S", i) or #s + 1 end
local function text(s, i)
  local out, at = {}, i + 1
  while true do
    local c = s:sub(at, at)
    if c == '"' then return table.concat(out), at + 1 end
    if c == "" then error("unfinished string") end
    if c == "\\" then
      local e = s:sub(at + 1, at + 1)
      if e == "u" then out[#out + 1] = utf8.char(tonumber(s:sub(at + 2, at + 5), 16)) at = at + 6
      else out[#out + 1] = ({ n = "\n", t = "\t" })[e] or e at = at + 2 end
    else out[#out + 1] = c at = at + 1 end
  end
end
function parse(s, i)
  i = skip(s, i)
  local c = s:sub(i, i)
  if c == "{" or c == "[" then
    local t, close = {}, c == "{" and "}" or "]"
    i = skip(s, i + 1)
    while s:sub(i, i) ~= close do
      local k = #t + 1
      if close == "}" then k, i = text(s, i) i = skip(s, i) assert(s:sub(i, i) == ":", "':' expected") i = i + 1 end
      t[k], i = parse(s, i)
      i = skip(s, i)
      if s:sub(i, i) == "," then i = skip(s, i + 1) elseif s:sub(i, i) ~= close then error("',' expected at " .. i, 0) end
    end
    return t, i + 1
  elseif c == '"' then return text(s, i) end
  local word = s:match("^[%w.+-]+", i) or error("unexpected '" .. c .. "' at " .. i, 0)
  local value = word
  if word == "true" then value = true elseif word == "false" then value = false else value = tonumber(word) or error("bad word " .. word, 0) end
  return value, i + #word
end
local source = '{"b":[1,2.5,-3,true,{"x":"caf\\u00e9\\n"}],"a":{"list":[],"s":"q\\"q"}}'
local once = encode((parse(source, 1)))
assert(once == encode((parse(once, 1))))
print(once)
print(pcall(parse, "[1 2]", 1))
print(pcall(parse, "[1,?]", 1))
