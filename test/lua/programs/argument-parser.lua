-- Options of a command line.
local function parse(spec, args)
  local out, rest, i = {}, {}, 1
  while i <= #args do
    local a = args[i]
    local name, value = a:match("^%-%-([%w-]+)=(.*)$")
    name = name or a:match("^%-%-([%w-]+)$")
    local short = a:match("^%-(%a+)$")
    if a == "--" then table.move(args, i + 1, #args, #rest + 1, rest) break
    elseif name then
      if spec[name] == nil then return nil, "unknown option --" .. name end
      if spec[name] == "flag" then out[name] = true
      else
        if not value then i = i + 1 value = args[i] end
        if not value then return nil, "--" .. name .. " needs a value" end
        out[name] = spec[name] == "number" and tonumber(value) or value
      end
    elseif short then for c in short:gmatch(".") do out[c] = (out[c] or 0) + 1 end
    else rest[#rest + 1] = a end
    i = i + 1
  end
  return out, rest
end
local spec = { verbose = "flag", size = "number", name = "text" }
local o, rest = parse(spec, { "--verbose", "--size=12", "a", "-xvv", "--name", "me", "--", "--b" })
assert(o.size == 12 and o.v == 2)
print(o.verbose, o.name, o.x, table.concat(rest, "|"))
print(parse(spec, { "--what" })) print(parse(spec, { "--name" }))
