local input = workflow {
  description = "Record a channel for a while and report its files.",
  input = {
    cname = { type = "string", pattern = "\\S", description = "Channel to record." },
    uid = { type = "string", pattern = "\\S", description = "Uid of the recorder, not used by a participant." },
    storage = { type = "object", secret = true, description = "Agora's storageConfig of your bucket." },
    seconds = { type = "number", minimum = 0, default = 5, description = "How long to record." },
    token = { type = "string", secret = true, optional = true, description = "RTC token, if the project needs one." },
    account = { type = "string", pattern = "\\S", default = "default", description = "Credential account." },
  },
  calls = {
    "agora.query_recording",
    ["agora.acquire_recording_resource"] = 1,
    ["agora.start_recording"] = 1,
    ["agora.update_recording_layout"] = 1,
    ["agora.stop_recording"] = 3,
  },
}
local recording = require "lib.recording"
local agora, cname, uid = app.integrations.agora[input.account], input.cname, input.uid

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

local acquired = agora.acquire_recording_resource({ cname = cname, uid = uid, scene = 0 })
local started = agora.start_recording({
  resource_id = acquired.resourceId, mode = "mix", cname = cname, uid = uid, token = input.token,
  recording_config = {
    channelType = 1, streamTypes = 2, maxIdleTime = 120,
    transcodingConfig = { width = 1280, height = 720, fps = 15, bitrate = 1130, mixedVideoLayout = 1 },
  },
  recording_file_config = { avFileType = { "hls", "mp4" } },
  storage_config = input.storage,
})
local session = { resource_id = acquired.resourceId, sid = started.sid, mode = "mix", cname = cname, uid = uid }
local stop = recording.stop_once(agora, session)

print("recording " .. cname .. " as " .. started.sid)
print("state " .. wait_until_it_records(session))
agora.update_recording_layout({
  resource_id = session.resource_id, sid = session.sid, cname = cname, uid = uid, mixed_video_layout = 0,
})
print("layout changed to floating")
sleep(input.seconds)
local running = agora.query_recording(session).serverResponse
print("after " .. input.seconds .. " s: state " .. running.status .. ", " .. #recording.file_names(running) .. " file(s)")

local response = stop()
local files = recording.file_names(response)
print(response.message or "upload: " .. tostring(response.uploadingStatus))
for _, name in ipairs(files) do print("  " .. name) end
return { sid = session.sid, uploading_status = response.uploadingStatus, files = files }
