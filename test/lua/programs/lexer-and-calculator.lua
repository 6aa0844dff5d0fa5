-- A calculator: tokens, precedence climbing, variables, errors with columns.
local function tokens(s)
  local out, at = {}, 1
  while true do
    at = s:find("%S", at)
    if not at then break end
    local word = s:match("^%d+%.?%d*", at) or s:match("^[%a_]%w*", at) or s:match("^[-+*/%^()=,]", at)
    if not word then error(("unexpected '%s' at %d"):format(s:sub(at, at), at), 0) end
    out[#out + 1] = { text = word, at = at }
    at = at + #word
  end
  return out
end
local level = { ["+"] = 1, ["-"] = 1, ["*"] = 2, ["/"] = 2, ["^"] = 4 }
local apply = { ["+"] = function(a, b) return a + b end, ["-"] = function(a, b) return a - b end, ["*"] = function(a, b) return a * b end, ["/"] = function(a, b) return a / b end, ["^"] = function(a, b) return a ^ b end }
local function evaluate(s, env)
  local t, i = tokens(s), 1
  local expression
  local function primary()
    local token = t[i] or error("unexpected end", 0)
    i = i + 1
    if token.text == "(" then
      local v = expression(1)
      if not t[i] or t[i].text ~= ")" then error("')' expected", 0) end
      i = i + 1
      return v
    elseif token.text == "-" then return -expression(3)
    end
    return tonumber(token.text) or env[token.text] or error("unknown name " .. token.text, 0)
  end
  function expression(min)
    local left = primary()
    while t[i] and level[t[i].text] and level[t[i].text] >= min do
      local op = t[i].text
      i = i + 1
      left = apply[op](left, expression(op == "^" and level[op] or level[op] + 1))
    end
    return left
  end
  local v = expression(1)
  if t[i] then error("unexpected '" .. t[i].text .. "' at " .. t[i].at, 0) end
  return v
end
for _, s in ipairs { "1 + 2 * 3", "(1 + 2) * 3", "2 ^ 3 ^ 2", "-2 ^ 2", "10 / 4", "x * (y - 1)", "1 +", "2 $ 3", "(1", "z" } do
  local ok, v = pcall(evaluate, s, { x = 6, y = 8 })
  print(s, type(v) == "number" and ("%.6g"):format(v) or v)
end
assert(evaluate("1+1", {}) == 2)
