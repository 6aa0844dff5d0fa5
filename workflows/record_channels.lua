-- Records many channels at the same time and reports on each.
--
--   kosmo integrations:lua workflows/record_channels.lua --force --stop-on-exit --json --input @workflows/record_channels.example.json
--
-- input.channels  a list of {cname = …, uid = …, token = …}; uid is the recorder's, not used by a participant (required)
-- input.storage   Agora's storageConfig of your bucket (required)
-- input.seconds   how long to record, default 5
-- input.at_once   how many recordings to start at the same time, default 5
-- input.account   credential account, default "default"
--
-- Returns a list with sid, files and upload state of each channel, or its error. A channel that fails does not affect the
-- others. Every recording that was started is stopped in any case.

-- Reports all problems of the input at once, before the first call.
if type(input) ~= "table" then error("the input must be a JSON object, not a " .. type(input) .. ": --input @workflows/record_channels.example.json", 0) end
local kinds = {
  text = function(value) return (type(value) == "string" and value:find("%S") or math.type(value) == "integer") and value end,
  ["a number of 0 or more"] = function(value) return tonumber(value) and tonumber(value) >= 0 and tonumber(value) end,
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

local channels = check("channels", input.channels, "a list", "a list of {cname, uid}")
for i, channel in ipairs(channels or {}) do
  channel = check("channels[" .. i .. "]", channel, "an object", "{cname, uid}") or {}
  check("channels[" .. i .. "].cname", channel.cname, "text", "the channel to record")
  check("channels[" .. i .. "].uid", channel.uid, "text", "a uid for the recorder that no participant uses")
end
local storage = check("storage", input.storage, "an object", "Agora's storageConfig; see workflows/record_channels.example.json")
local seconds = check("seconds", input.seconds or 5, "a number of 0 or more", "how long to record")
local at_once = check("at_once", input.at_once or 5, "a whole number of 1 or more", "how many recordings to start at the same time")
local account = check("account", input.account or "default", "text", "the name of a credential account")
if #problems > 0 then error(table.concat(problems, "\n"), 0) end
local agora = app.integrations.agora[account]

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
    return stopped.serverResponse
  end
  defer(stop)
  agora.wait_for_recording(session)
  sleep(seconds)
  local response = stop()
  local files = {}
  for _, file in ipairs(type(response.fileList) == "table" and response.fileList or {}) do files[#files + 1] = file.fileName end
  local note = stopped.code == 435 and "no files: no participant sent audio or video" or response.message
  return { sid = session.sid, uploading_status = response.uploadingStatus, files = json.array(files), note = note }
end

local outcomes = parallel.map(channels, record, { limit = at_once, settle = true })
local report, failed = {}, 0
for i, outcome in ipairs(outcomes) do
  local row = outcome.ok and outcome.value or { error = tostring(outcome.error) }
  row.cname = channels[i].cname
  report[i] = row
  if not outcome.ok then failed = failed + 1 end
  print(row.cname .. ": " .. (row.error or row.note or (#row.files .. " file(s), upload " .. tostring(row.uploading_status))))
end
if failed > 0 and failed == #report then error("no channel was recorded: " .. report[1].error, 0) end
return report
