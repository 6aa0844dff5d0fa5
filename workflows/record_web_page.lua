-- Records a web page for a while and reports how the upload ended.
--
--   kosmo integrations:lua workflows/record_web_page.lua --force --input @workflows/record_web_page.example.json
--
-- input.url      the page to record (required)
-- input.cname    a name for the recording, default "webpage"
-- input.uid      uid of the recorder, default "527841"
-- input.storage  Agora's storageConfig of your bucket (required)
-- input.seconds  how long to record, default 5
-- input.width, input.height  size of the browser window, default 1280 x 720

local agora = app.integrations.agora

local url = input.url or error("input.url is missing: the page to record", 0)
local storage = input.storage or error("input.storage is missing: Agora's storageConfig; see workflows/record_web_page.example.json", 0)
local cname, uid = input.cname or "webpage", input.uid or "527841"
local seconds = tonumber(input.seconds or 5) or error("input.seconds is not a number", 0)

local acquired = agora.acquire_recording_resource({ cname = cname, uid = uid, scene = 1 })
local started = agora.start_recording({
  resource_id = acquired.resourceId, mode = "web", cname = cname, uid = uid,
  recording_file_config = { avFileType = { "hls", "mp4" } },
  storage_config = storage,
  extension_service_config = {
    errorHandlePolicy = "error_abort",
    extensionServices = {
      {
        serviceName = "web_recorder_service",
        errorHandlePolicy = "error_abort",
        serviceParam = {
          url = url, audioProfile = 0, maxRecordingHour = 1,
          videoWidth = tonumber(input.width or 1280), videoHeight = tonumber(input.height or 720),
        },
      },
    },
  },
})

-- From here on the recording costs money: whatever happens, an error, a limit or Ctrl-C, it is stopped.
local stopped
local function stop()
  stopped = stopped
    or agora.stop_recording({ resource_id = acquired.resourceId, sid = started.sid, mode = "web", cname = cname, uid = uid })
  return stopped.serverResponse
end
defer(stop)

print("recording " .. url .. " as " .. started.sid)
sleep(seconds)
local query = { resource_id = acquired.resourceId, sid = started.sid, mode = "web" }
for _, service in ipairs(agora.query_recording(query).serverResponse.extensionServiceState or {}) do
  print(service.serviceName .. ": " .. tostring(service.payload.state))
end

local report = { sid = started.sid, files = json.array() }
for _, service in ipairs(stop().extensionServiceState or {}) do
  report.uploading_status = service.payload.uploadingStatus or report.uploading_status
  for _, file in ipairs(service.payload.fileList or {}) do report.files[#report.files + 1] = file.filename end
end
print("upload: " .. tostring(report.uploading_status))
for _, name in ipairs(report.files) do print("  " .. name) end
return report
