local input = workflow {
  description = "Record a web page for a while and report how the upload ended.",
  input = {
    url = { type = "string", pattern = "\\S", description = "The page to record." },
    storage = { type = "object", secret = true, description = "Agora's storageConfig of your bucket." },
    cname = { type = "string", pattern = "\\S", default = "webpage", description = "A name for the recording." },
    uid = { type = "string", pattern = "\\S", default = "527841", description = "Uid of the recorder." },
    seconds = { type = "number", minimum = 0, default = 5, description = "How long to record." },
    width = { type = "integer", minimum = 1, default = 1280, description = "Width of the browser window in pixels." },
    height = { type = "integer", minimum = 1, default = 720, description = "Height of the browser window in pixels." },
    account = { type = "string", pattern = "\\S", default = "default", description = "Credential account." },
  },
  calls = {
    "agora.query_recording",
    ["agora.acquire_recording_resource"] = 1,
    ["agora.start_recording"] = 1,
    ["agora.stop_recording"] = 3,
  },
}
local recording = require "lib.recording"
local agora = app.integrations.agora[input.account]

local acquired = agora.acquire_recording_resource({ cname = input.cname, uid = input.uid, scene = 1 })
local started = agora.start_recording({
  resource_id = acquired.resourceId, mode = "web", cname = input.cname, uid = input.uid,
  recording_file_config = { avFileType = { "hls", "mp4" } },
  storage_config = input.storage,
  extension_service_config = {
    errorHandlePolicy = "error_abort",
    extensionServices = {
      {
        serviceName = "web_recorder_service",
        errorHandlePolicy = "error_abort",
        serviceParam = {
          url = input.url, audioProfile = 0, maxRecordingHour = 1,
          videoWidth = input.width, videoHeight = input.height,
        },
      },
    },
  },
})
local query = { resource_id = acquired.resourceId, sid = started.sid, mode = "web" }
local stop = recording.stop_once(agora, {
  resource_id = acquired.resourceId, sid = started.sid, mode = "web", cname = input.cname, uid = input.uid,
})

print("recording " .. input.url .. " as " .. started.sid)
sleep(input.seconds)
for _, service in ipairs(agora.query_recording(query).serverResponse.extensionServiceState or {}) do
  print(service.serviceName .. ": " .. tostring(service.payload.state))
end

local response = stop()
local report = { sid = started.sid, files = json.array() }
for _, service in ipairs(response.extensionServiceState or {}) do
  report.uploading_status = service.payload.uploadingStatus or report.uploading_status
  for _, name in ipairs(recording.file_names(service.payload)) do report.files[#report.files + 1] = name end
end
print(response.message or "upload: " .. tostring(report.uploading_status))
for _, name in ipairs(report.files) do print("  " .. name) end
return report
