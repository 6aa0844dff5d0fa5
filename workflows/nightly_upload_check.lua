-- For a job that runs soon after the last stop. Agora forgets a recording soon after its end. Its upload is then "unknown"; only the
-- bucket or a notification has the state.
local input = workflow {
  description = "Check that the files of recordings which were stopped with async_stop are uploaded.",
  input = {
    recordings = {
      type = "array",
      description = "The recordings to check.",
      items = {
        type = "object",
        additionalProperties = true,
        properties = {
          resource_id = { type = "string", pattern = "\\S", description = "As acquire_recording_resource returned it." },
          sid = { type = "string", pattern = "\\S", description = "As start_recording returned it." },
          mode = { type = "string", enum = { "individual", "mix", "web" }, description = "Mode of the recording." },
          cname = { type = "string", optional = true, description = "Names it in the report." },
        },
      },
    },
    timeout = { type = "integer", minimum = 1, default = 300, description = "Seconds to wait for each upload." },
    at_once = { type = "integer", minimum = 1, maximum = 1000, default = 5, description = "How many to wait for at the same time." },
    account = { type = "string", pattern = "\\S", default = "default", description = "Credential account." },
  },
  calls = { "agora.wait_for_upload" },
}
local recording = require "lib.recording"
local agora = app.integrations.agora[input.account]

local function upload_state(response)
  for _, service in ipairs(response.extensionServiceState or {}) do
    if service.serviceName == "upload_service" then return service.payload.uploadingStatus end
  end
  return response.uploadingStatus
end

local outcomes = parallel.map(input.recordings, function(one)
  local answer = agora.wait_for_upload({ resource_id = one.resource_id, sid = one.sid, mode = one.mode, timeout = input.timeout })
  return upload_state(answer.serverResponse)
end, { limit = input.at_once, settle = true })

local report = json.array()
for i, outcome in ipairs(outcomes) do
  local row = { sid = input.recordings[i].sid, cname = input.recordings[i].cname, upload = outcome.value or "unknown" }
  if not outcome.ok then row.error = tostring(outcome.error) end
  report[i] = row
  print(row.sid .. ": " .. row.upload .. (row.error and " (" .. row.error .. ")" or ""))
end
recording.finish(outcomes, report, function(i) return input.recordings[i].sid end)
