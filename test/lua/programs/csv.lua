-- CSV with quotes and line breaks inside fields.
local function parse(s)
  local rows, row, at = {}, {}, 1
  while at <= #s do
    local field
    if s:sub(at, at) == '"' then
      local parts, from = {}, at + 1
      while true do
        local q = s:find('"', from, true) or error("unfinished field", 0)
        parts[#parts + 1] = s:sub(from, q - 1)
        if s:sub(q + 1, q + 1) ~= '"' then at = q + 1 break end
        parts[#parts + 1] = '"'
        from = q + 2
      end
      field = table.concat(parts)
    else
      field = s:match("^[^,\n]*", at)
      at = at + #field
    end
    row[#row + 1] = field
    if s:sub(at, at) ~= "," then rows[#rows + 1] = row row = {} end
    at = at + 1
  end
  return rows
end
local function write(rows)
  local lines = {}
  for i, row in ipairs(rows) do
    local fields = {}
    for k, f in ipairs(row) do fields[k] = f:find('[,"\n]') and '"' .. f:gsub('"', '""') .. '"' or f end
    lines[i] = table.concat(fields, ",")
  end
  return table.concat(lines, "\n")
end
local source = 'a,b,c\n1,"x ""y"" z",\n"two\nlines",,end'
local rows = parse(source)
assert(write(rows) == source)
for _, row in ipairs(rows) do print(#row, (table.concat(row, "|"):gsub("\n", "/"))) end
print(pcall(parse, 'a,"b'))
