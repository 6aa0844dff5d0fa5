-- Records a channel for a while and reports the files.
--
--   kosmo integrations:lua workflows/record_channel.lua --force --input @workflows/record_channel.example.json
--
-- input.cname    channel name (required)
-- input.uid      uid of the recorder, not used by a participant (required)
-- input.storage  Agora's storageConfig of your bucket (required)
-- input.seconds  how long to record, default 5
-- input.token    RTC token, if the project needs one
-- input.account  credential account, default "default"

-- Reports all problems of the input at once, before the first call.
if type(input) ~= "table" then error("the input must be a JSON object, not a " .. type(input) .. ": --input @workflows/record_channel.example.json", 0) end
local kinds = {
  text = function(value) return (type(value) == "string" and value:find("%S") or math.type(value) == "integer") and value end,
  ["a number of 0 or more"] = function(value) return tonumber(value) and tonumber(value) >= 0 and tonumber(value) end,
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

local cname = check("cname", input.cname, "text", "the channel to record")
local uid = check("uid", input.uid, "text", "a uid for the recorder that no participant uses")
local storage = check("storage", input.storage, "an object", "Agora's storageConfig; see workflows/record_channel.example.json")
local seconds = check("seconds", input.seconds or 5, "a number of 0 or more", "how long to record")
local account = check("account", input.account or "default", "text", "the name of a credential account")
if #problems > 0 then error(table.concat(problems, "\n"), 0) end
local agora = app.integrations.agora[account]

-- A recording takes some seconds to start. Until then, and while Agora moves it to another server, a query can find nothing.
local function wait_until_it_records(session)
  for attempt = 1, 30 do
    local ok, answer = pcall(agora.query_recording, session)
    if ok then
      local status = answer.serverResponse.status
      if status == 4 or status == 5 then return status end
      if status >= 6 then error("the recording ended before it began: status " .. status, 0) end
    elseif answer.status ~= 404 then
      error(answer, 0)
    end
    sleep(1)
  end
  error("the recording did not start within 30 seconds: check token, channel profile and storage keys", 0)
end

local function file_names(response)
  if response.fileListMode == "string" then return response.fileList ~= "" and { response.fileList } or {} end
  local names = {}
  for _, file in ipairs(response.fileList or {}) do names[#names + 1] = file.fileName end
  return names
end

local acquired = agora.acquire_recording_resource({ cname = cname, uid = uid, scene = 0 })
local started = agora.start_recording({
  resource_id = acquired.resourceId, mode = "mix", cname = cname, uid = uid, token = input.token,
  recording_config = {
    channelType = 1, streamTypes = 2, maxIdleTime = 120,
    transcodingConfig = { width = 1280, height = 720, fps = 15, bitrate = 1130, mixedVideoLayout = 1 },
  },
  recording_file_config = { avFileType = { "hls", "mp4" } },
  storage_config = storage,
})
local session = { resource_id = acquired.resourceId, sid = started.sid, mode = "mix", cname = cname, uid = uid }

-- From here on the recording costs money. It is stopped in any case, also after an error, a limit or Ctrl-C.
local stopped
local function stop()
  stopped = stopped or agora.stop_recording(session)
  return stopped.serverResponse
end
defer(stop)

print("recording " .. cname .. " as " .. started.sid)
print("state " .. wait_until_it_records(session))
agora.update_recording_layout({
  resource_id = session.resource_id, sid = session.sid, cname = cname, uid = uid, mixed_video_layout = 0,
})
print("layout changed to floating")
sleep(seconds)
local running = agora.query_recording(session).serverResponse
print("after " .. seconds .. " s: state " .. running.status .. ", " .. #file_names(running) .. " file(s)")

local response = stop()
local files = file_names(response)
print(response.message or "upload: " .. tostring(response.uploadingStatus))
for _, name in ipairs(files) do print("  " .. name) end
return { sid = session.sid, uploading_status = response.uploadingStatus, files = json.array(files) }
