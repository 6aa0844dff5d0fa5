-- A machine by a table, and one by tail calls.
local machine = { idle = { start = "running" }, running = { pause = "paused", stop = "idle" }, paused = { resume = "running", stop = "idle" } }
local function run(events)
  local state, trail = "idle", { "idle" }
  for _, e in ipairs(events) do
    local next_state = machine[state][e]
    if not next_state then return table.concat(trail, ">") .. ": no " .. e .. " in " .. state end
    state = next_state
    trail[#trail + 1] = state
  end
  return table.concat(trail, ">")
end
print(run { "start", "pause", "resume", "stop" })
print(run { "start", "resume" })
local even, odd
function even(n) if n == 0 then return "even" end return odd(n - 1) end
function odd(n) if n == 0 then return "odd" end return even(n - 1) end
assert(even(10000) == "even")
print(even(9999))
for i = 1, 3 do
  for j = 1, 3 do
    if j == 2 then goto continue end
    if i == 3 then goto done end
    print(i, j)
    ::continue::
  end
end
::done::
