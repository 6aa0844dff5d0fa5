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

-- Reports all problems of the input at once, before the first call.
if type(input) ~= "table" then error("the input must be a JSON object, not a " .. type(input) .. ": --input @workflows/record_web_page.example.json", 0) end
local kinds = {
  text = function(value) return (type(value) == "string" and value:find("%S") or math.type(value) == "integer") and value end,
  ["a number of 0 or more"] = function(value) return tonumber(value) and tonumber(value) >= 0 and tonumber(value) end,
  ["a whole number of 1 or more"] = function(value) value = math.tointeger(tonumber(value)) return value and value > 0 and value end,
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

local url = check("url", input.url, "text", "the page to record")
local storage = check("storage", input.storage, "an object", "Agora's storageConfig; see workflows/record_web_page.example.json")
local cname = check("cname", input.cname or "webpage", "text", "a name for the recording")
local uid = check("uid", input.uid or "527841", "text", "a uid for the recorder")
local seconds = check("seconds", input.seconds or 5, "a number of 0 or more", "how long to record")
local width = check("width", input.width or 1280, "a whole number of 1 or more", "pixels of the browser window")
local height = check("height", input.height or 720, "a whole number of 1 or more", "pixels of the browser window")
if #problems > 0 then error(table.concat(problems, "\n"), 0) end
local agora = app.integrations.agora

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
          videoWidth = width, videoHeight = height,
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
print(stop().message or "upload: " .. tostring(report.uploading_status))
for _, name in ipairs(report.files) do print("  " .. name) end
return report
