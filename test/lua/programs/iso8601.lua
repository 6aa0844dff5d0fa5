-- Reading and writing times of RFC 3339.
local function parse(s)
  local y, mo, d, h, mi, se, zone = s:match("^(%d%d%d%d)-(%d%d)-(%d%d)T(%d%d):(%d%d):(%d%d)(.+)$")
  if not y then return nil, "not a time: " .. s end
  local offset = 0
  if zone ~= "Z" then
    local sign, zh, zm = zone:match("^([+-])(%d%d):(%d%d)$")
    if not sign then return nil, "bad zone: " .. zone end
    offset = (zh * 60 + zm) * (sign == "-" and -60 or 60)
  end
  local function int(x) return math.tointeger(tonumber(x)) end
  y, mo, d = int(y), int(mo), int(d)
  local a = (14 - mo) // 12
  local yy, mm = y + 4800 - a, mo + 12 * a - 3
  local julian = d + (153 * mm + 2) // 5 + 365 * yy + yy // 4 - yy // 100 + yy // 400 - 32045
  return (julian - 2440588) * 86400 + int(h) * 3600 + int(mi) * 60 + int(se) - math.tointeger(offset)
end
for _, s in ipairs { "1970-01-01T00:00:00Z", "2024-02-29T12:34:56+02:00", "1999-12-31T23:59:59-08:00", "yesterday", "2024-01-01T00:00:00X" } do
  local t, why = parse(s)
  print(t and os.date("!%Y-%m-%dT%H:%M:%SZ", t) or why)
end
assert(parse("2001-09-09T01:46:40Z") == 1000000000)
