-- Stops every recording that was started from this machine longer ago than some hours, and reports on each.
--
--   kosmo agora:recordings --json | kosmo integrations:lua workflows/stop_older_than.lua --force --input @- --arg hours=2
--
-- input.recordings  as `kosmo agora:recordings --json` lists them (required)
-- input.hours       how old a recording may become, default 2
--
-- Returns what was stopped. A recording that Agora does not know any more counts as stopped. When one cannot be stopped, the others
-- are, and the script fails with the first error. One whose sid nobody knows is named, and cannot be stopped.

local recordings = input.recordings or error("input.recordings is missing: pipe `kosmo agora:recordings --json` into --input @-", 0)
local hours = tonumber(input.hours or 2) or error("input.hours is not a number", 0)
if hours < 0 then error("input.hours is below 0", 0) end
if type(recordings) ~= "table" then error("input.recordings is not a list", 0) end
for i, recording in ipairs(recordings) do
  for _, name in ipairs({ "resource_id", "mode", "cname", "uid", "account", "started_at" }) do
    if type(recording) ~= "table" or type(recording[name]) ~= "string" then
      error("input.recordings[" .. i .. "]." .. name .. " is missing: as `kosmo agora:recordings --json` lists it", 0)
    end
  end
end

-- Not with os.time, which reads local time: over a change of the clocks it is an hour wrong. Years from March to March, so that the day
-- that a leap year adds is the last.
local function seconds_ago(iso)
  local year, month, day, hour, min, sec = iso:match("^(%d+)-(%d+)-(%d+)T(%d+):(%d+):(%d+)")
  if not year then error("started_at is not a time: " .. iso, 0) end
  year, month = tonumber(year), tonumber(month)
  if month < 3 then year, month = year - 1, month + 12 end
  local days = 365 * year + year // 4 - year // 100 + year // 400 + (153 * month - 457) // 5 + day - 719469
  return os.time() - (((days * 24 + hour) * 60 + min) * 60 + sec)
end

local old = {}
for _, recording in ipairs(recordings) do
  if seconds_ago(recording.started_at) > hours * 3600 then
    if recording.sid then old[#old + 1] = recording else print("not stopped: " .. recording.cname .. ", whose sid nobody knows") end
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
