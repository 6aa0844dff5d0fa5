-- Checks that the files of recordings which were stopped with async_stop are uploaded; for a job that runs soon after the last stop.
--
--   kosmo integrations:lua workflows/nightly_upload_check.lua --json --input @workflows/nightly_upload_check.example.json
--   (after you wrote your own recording into the JSON file)
--
-- input.recordings  a list of {resource_id, sid, mode} and, to be named in the report, cname (required)
-- input.timeout     seconds to wait for each upload, default 300
-- input.at_once     how many to wait for at the same time, default 5
-- input.account     credential account, default "default"
--
-- Returns a list with sid, cname and upload state. When an upload is not finished, the report is printed and the exit code is 1.
-- Agora forgets a recording soon after its end. Its upload is then "unknown"; only the bucket or a notification has the state.

-- Reports all problems of the input at once, before the first call.
if type(input) ~= "table" then error("the input must be a JSON object, not a " .. type(input) .. ": --input @workflows/nightly_upload_check.example.json", 0) end
local kinds = {
  text = function(value) return (type(value) == "string" and value:find("%S") or math.type(value) == "integer") and value end,
  ["a whole number of 1 or more"] = function(value) value = math.tointeger(tonumber(value)) return value and value > 0 and value end,
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

local recordings = check("recordings", input.recordings, "a list", "a list of {resource_id, sid, mode}")
for i, recording in ipairs(recordings or {}) do
  recording = check("recordings[" .. i .. "]", recording, "an object", "{resource_id, sid, mode}") or {}
  for _, name in ipairs({ "resource_id", "sid", "mode" }) do
    check("recordings[" .. i .. "]." .. name, recording[name], "text", "as start_recording was given or returned it")
  end
end
local timeout = check("timeout", input.timeout or 300, "a whole number of 1 or more", "seconds to wait for each upload")
local at_once = check("at_once", input.at_once or 5, "a whole number of 1 or more", "how many to wait for at the same time")
local account = check("account", input.account or "default", "text", "the name of a credential account")
if #problems > 0 then error(table.concat(problems, "\n"), 0) end
local agora = app.integrations.agora[account]

local function upload_state(response)
  for _, service in ipairs(response.extensionServiceState or {}) do
    if service.serviceName == "upload_service" then return service.payload.uploadingStatus end
  end
  return response.uploadingStatus
end

local outcomes = parallel.map(recordings, function(recording)
  local answer = agora.wait_for_upload({
    resource_id = recording.resource_id, sid = recording.sid, mode = recording.mode, timeout = timeout,
  })
  return upload_state(answer.serverResponse)
end, { limit = at_once, settle = true })

local report, unfinished = {}, {}
for i, outcome in ipairs(outcomes) do
  local row = { sid = recordings[i].sid, cname = recordings[i].cname, upload = outcome.value or "unknown" }
  if not outcome.ok then row.error = tostring(outcome.error) end
  report[i] = row
  local line = row.sid .. ": " .. row.upload .. (row.error and " (" .. row.error .. ")" or "")
  print(line)
  -- Not of the recording: credentials, the address, an argument.
  if not outcome.ok and outcome.error.status ~= 404 and outcome.error.code ~= "DEADLINE_EXCEEDED" and not outcome.error.recording_status then
    error(outcome.error, 0)
  end
  if not outcome.ok then unfinished[#unfinished + 1] = line end
end
if #unfinished > 0 then error(#unfinished .. " of " .. #report .. " uploads are not finished:\n" .. table.concat(unfinished, "\n"), 0) end
return json.array(report)
