-- expect: CPU_LIMIT
-- deferred
-- Matches that backtrack execute no instruction; each of many deferred functions would get more than its share of the time.
local subject, pattern = ("a"):rep(2 ^ 17), ("a?"):rep(20) .. ("a"):rep(20) .. "b"
for i = 1, 300 do
  defer(function()
    while true do
      pcall(i % 2 == 0 and regex.match or string.find, i % 2 == 0 and ("a"):rep(30) .. "!" or subject, i % 2 == 0 and "(a+)+$" or pattern)
    end
  end)
end
while true do end
