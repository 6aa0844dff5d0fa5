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
-- Agora forgets a recording soon after its end: what is gone is "unknown" here, and only the bucket or a notification can tell.

local agora = app.integrations.agora[input.account or "default"]
local recordings = input.recordings or error("input.recordings is missing: a list of {resource_id, sid, mode}", 0)
local timeout = tonumber(input.timeout or 300) or error("input.timeout is not a number", 0)

for i, recording in ipairs(recordings) do
  for _, name in ipairs({ "resource_id", "sid", "mode" }) do
    if not recording[name] then error("input.recordings[" .. i .. "]." .. name .. " is missing: as start_recording was given or returned it", 0) end
  end
end

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
end, { limit = tonumber(input.at_once or 5), settle = true })

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
