-- Stops every recording that was started from this machine longer ago than some hours, and reports on each.
--
--   kosmo agora:recordings --json | kosmo integrations:lua workflows/stop_older_than.lua --force --input @- --arg hours=2
--
-- input.recordings  as `kosmo agora:recordings --json` lists them (required)
-- input.hours       how old a recording may become, default 2
--
-- Returns what was stopped. A recording that Agora no longer knows counts as stopped. If one cannot be stopped, the others are, and
-- the script fails with the first error. A recording without a known sid cannot be stopped; it is printed.

-- Reports all problems of the input at once, before the first call.
if type(input) ~= "table" then error("the input must be a JSON object, not a " .. type(input) .. ": pipe `kosmo agora:recordings --json` into --input @-", 0) end
local kinds = {
  text = function(value) return (type(value) == "string" and value:find("%S") or math.type(value) == "integer") and value end,
  ["a number of 0 or more"] = function(value) return tonumber(value) and tonumber(value) >= 0 and tonumber(value) end,
  ["a list"] = function(value) return type(value) == "table" and (#value > 0 or next(value) == nil) and value end,
  ["an object"] = function(value) return type(value) == "table" and #value == 0 and value end,
}
local problems = {}
local function check(name, value, kind, what)
  local checked = value ~= nil and kinds[kind](value)
  if checked then return checked end
  local shown = type(value) == "string" and "text" or type(value) ~= "table" and tostring(value) or #value > 0 and "a list" or "an object"
  local problem = value == nil and " is missing: " or " must be " .. kind .. ", not " .. shown .. ": "
  problems[#problems + 1] = "input." .. name .. problem .. what
end

local recordings = check("recordings", input.recordings, "a list", "pipe `kosmo agora:recordings --json` into --input @-")
for i, recording in ipairs(recordings or {}) do
  recording = check("recordings[" .. i .. "]", recording, "an object", "as `kosmo agora:recordings --json` lists it") or {}
  for _, name in ipairs({ "resource_id", "mode", "cname", "uid", "account", "started_at" }) do
    check("recordings[" .. i .. "]." .. name, recording[name], "text", "as `kosmo agora:recordings --json` lists it")
  end
end
local hours = check("hours", input.hours or 2, "a number of 0 or more", "how old a recording may become")
if #problems > 0 then error(table.concat(problems, "\n"), 0) end

-- Not with os.time, which reads local time: over a change of the clocks it is an hour wrong. Years from March to March, so that the day
-- that a leap year adds is the last.
local function seconds_ago(iso)
  local year, month, day, hour, min, sec = tostring(iso):match("^(%d+)-(%d+)-(%d+)T(%d+):(%d+):(%d+)")
  if not year then error("started_at is not a time: " .. iso, 0) end
  year, month = tonumber(year), tonumber(month)
  if month < 3 then year, month = year - 1, month + 12 end
  local days = 365 * year + year // 4 - year // 100 + year // 400 + (153 * month - 457) // 5 + day - 719469
  return os.time() - (((days * 24 + hour) * 60 + min) * 60 + sec)
end

local old = {}
for _, recording in ipairs(recordings) do
  if seconds_ago(recording.started_at) > hours * 3600 then
    if recording.sid then old[#old + 1] = recording else print("not stopped: " .. recording.cname .. ", whose sid is not known") end
  end
end

local outcomes = parallel.map(old, function(recording)
  local ok, err = pcall(app.integrations.agora[recording.account].stop_recording, {
    resource_id = recording.resource_id, sid = recording.sid, mode = recording.mode, cname = recording.cname, uid = recording.uid,
  })
  if not ok and err.status ~= 404 then error(err, 0) end
end, { limit = 5, settle = true })

local stopped, first_error = {}, nil
for i, outcome in ipairs(outcomes) do
  local name = old[i].sid .. " (" .. old[i].cname .. ")"
  if outcome.ok then
    stopped[#stopped + 1] = old[i].sid
    print("stopped " .. name)
  else
    print("not stopped: " .. name .. ": " .. tostring(outcome.error))
    first_error = first_error or outcome.error
  end
end
if first_error then error(first_error, 0) end
return { stopped = json.array(stopped), checked = #recordings }
