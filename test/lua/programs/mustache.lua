-- Logic-less templates with sections and escapes.
local entities = { ["<"] = "&lt;", [">"] = "&gt;", ["&"] = "&amp;", ['"'] = "&quot;" }
local function render(template, context)
  template = template:gsub("{{([#^])(%w+)}}(.-){{/%2}}", function(kind, name, inner)
    local value = context[name]
    if kind == "^" then return (not value or #value == 0) and render(inner, context) or "" end
    if type(value) == "table" and #value > 0 then
      local out = {}
      for i, item in ipairs(value) do out[i] = render(inner, setmetatable(type(item) == "table" and item or { it = item }, { __index = context })) end
      return table.concat(out)
    end
    return value and render(inner, context) or ""
  end)
  return (template:gsub("{{(&?)(%w+)}}", function(raw, name)
    local value = tostring(context[name] or "")
    return raw == "&" and value or (value:gsub('[<>&"]', entities))
  end))
end
local out = render("{{t}}: {{#list}}[{{it}}]{{/list}}{{^none}}nothing{{/none}} {{&t}}", { t = "<b>", list = { 1, 2 }, none = {} })
assert(out == "&lt;b&gt;: [1][2]nothing <b>")
print(out)
