-- Records many channels at the same time and reports on each.
--
--   kosmo integrations:lua workflows/record_channels.lua --force --stop-on-exit --json --input @workflows/record_channels.example.json
--
-- input.channels  a list of {cname = …, uid = …, token = …}; uid is the recorder's, used by nobody in the channel (required)
-- input.storage   Agora's storageConfig of your bucket (required)
-- input.seconds   how long to record, default 5
-- input.at_once   how many recordings to start at the same time, default 5
-- input.account   credential account, default "default"
--
-- Returns a list with sid, files and upload state of each channel, or its error. A channel that fails does not keep the others from
-- being recorded; what has been started is stopped whatever happens.

local agora = app.integrations.agora[input.account or "default"]
local channels = input.channels or error("input.channels is missing: a list of {cname, uid}", 0)
local storage = input.storage or error("input.storage is missing: Agora's storageConfig; see workflows/record_channels.example.json", 0)
local seconds = tonumber(input.seconds or 5) or error("input.seconds is not a number", 0)

local function record(channel)
  local session = agora.record({
    mode = "mix", cname = channel.cname, uid = channel.uid, token = channel.token,
    recording_config = { channelType = 1, streamTypes = 2, maxIdleTime = 120 },
    recording_file_config = { avFileType = { "hls", "mp4" } },
    storage_config = storage,
  })
  local stopped
  local function stop()
    stopped = stopped or agora.stop_recording(session)
    return stopped.serverResponse or {}
  end
  defer(stop)
  agora.wait_for_recording(session)
  sleep(seconds)
  local response = stop()
  local files = {}
  for _, file in ipairs(type(response.fileList) == "table" and response.fileList or {}) do files[#files + 1] = file.fileName end
  return { sid = session.sid, uploading_status = response.uploadingStatus, files = json.array(files) }
end

local outcomes = parallel.map(channels, record, { limit = tonumber(input.at_once or 5), settle = true })
local report, failed = {}, 0
for i, outcome in ipairs(outcomes) do
  local row = outcome.ok and outcome.value or { error = tostring(outcome.error) }
  row.cname = channels[i].cname
  report[i] = row
  if not outcome.ok then failed = failed + 1 end
  print(row.cname .. ": " .. (row.error or (#row.files .. " file(s), upload " .. tostring(row.uploading_status))))
end
if failed > 0 and failed == #report then error("no channel was recorded: " .. report[1].error, 0) end
return report
