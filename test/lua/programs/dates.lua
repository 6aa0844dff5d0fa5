-- A civil calendar of its own, against os.date in UTC.
local function days(y, m, d)
  if m <= 2 then y = y - 1 end
  local era = y // 400
  local yoe = y - era * 400
  local doy = (153 * (m + (m > 2 and -3 or 9)) + 2) // 5 + d - 1
  return era * 146097 + yoe * 365 + yoe // 4 - yoe // 100 + doy - 719468
end
local function civil(z)
  z = z + 719468
  local era = z // 146097
  local doe = z - era * 146097
  local yoe = (doe - doe // 1460 + doe // 36524 - doe // 146096) // 365
  local doy = doe - (365 * yoe + yoe // 4 - yoe // 100)
  local mp = (5 * doy + 2) // 153
  local m = mp + (mp < 10 and 3 or -9)
  return yoe + era * 400 + (m <= 2 and 1 or 0), m, doy - (153 * mp + 2) // 5 + 1
end
for _, t in ipairs { { 1970, 1, 1 }, { 2000, 2, 29 }, { 2024, 2, 29 }, { 2024, 12, 31 }, { 2038, 1, 19 }, { 1999, 3, 1 } } do
  local z = days(t[1], t[2], t[3])
  local y, m, d = civil(z)
  assert(y == t[1] and m == t[2] and d == t[3])
  assert(os.date("!%Y-%m-%d", z * 86400) == ("%04d-%02d-%02d"):format(y, m, d))
  print(z, os.date("!%A %d %B %Y, %H:%M:%S, day %j, %p", z * 86400 + 3661))
end
