-- Templates that compile to Lua: text, {{ expressions }} and {% statements %}.
local function compile(source)
  local code, at = { "local _, out = ..., {}" }, 1
  local function text(s) if s ~= "" then code[#code + 1] = ("out[#out + 1] = %q"):format(s) end end
  while true do
    local from, to, kind, inner = source:find("{([{%%])%s*(.-)%s*[%%}]}", at)
    if not from then break end
    text(source:sub(at, from - 1))
    code[#code + 1] = kind == "{" and "out[#out + 1] = tostring(" .. inner .. ")" or inner
    at = to + 1
  end
  text(source:sub(at))
  code[#code + 1] = "return table.concat(out)"
  return function(env) return assert(load(table.concat(code, "\n"), "=template", "t", setmetatable(env, { __index = _G })))(env) end
end
local page = compile [[
<h1>{{ title:upper() }}</h1>
{% for i, item in ipairs(items) do %}<li>{{ i }}: {{ item }}</li>
{% end %}{% if #items == 0 then %}none{% end %}]]
local out = page { title = "List", items = { "a", "b" } }
assert(out:find("LIST"))
print(out)
print(page { title = "x", items = {} })
