local input = workflow {
  description = "Record many channels at the same time and report on each; a channel that fails does not affect the others.",
  input = {
    channels = {
      type = "array",
      minItems = 1,
      description = "The channels to record.",
      items = {
        type = "object",
        properties = {
          cname = { type = "string", pattern = "\\S", description = "Channel to record." },
          uid = { type = "string", pattern = "\\S", description = "Uid of the recorder, not used by a participant." },
          token = { type = "string", secret = true, optional = true, description = "RTC token, if the project needs one." },
        },
      },
    },
    storage = { type = "object", secret = true, description = "Agora's storageConfig of your bucket." },
    seconds = { type = "number", minimum = 0, default = 5, description = "How long to record." },
    at_once = { type = "integer", minimum = 1, maximum = 1000, default = 5, description = "How many recordings run at the same time." },
    account = { type = "string", pattern = "\\S", default = "default", description = "Credential account." },
  },
  calls = { "agora.record", "agora.wait_for_recording", "agora.stop_recording" },
}
local recording = require "lib.recording"
local agora = app.integrations.agora[input.account]

local function record(channel)
  local session = agora.record({
    mode = "mix", cname = channel.cname, uid = channel.uid, token = channel.token,
    recording_config = { channelType = 1, streamTypes = 2, maxIdleTime = 120 },
    recording_file_config = { avFileType = { "hls", "mp4" } },
    storage_config = input.storage,
  })
  local stop = recording.stop_once(agora, session)
  agora.wait_for_recording(session)
  sleep(input.seconds)
  local response, code = stop()
  return {
    sid = session.sid,
    uploading_status = response.uploadingStatus,
    files = recording.file_names(response),
    note = code == 435 and "no files: no participant sent audio or video" or response.message,
  }
end

local outcomes = parallel.map(input.channels, record, { limit = input.at_once, settle = true })
local report = {}
for i, outcome in ipairs(outcomes) do
  local row = outcome.ok and outcome.value or { error = tostring(outcome.error) }
  row.cname = input.channels[i].cname
  report[i] = row
  print(row.cname .. ": " .. (row.error or row.note or (#row.files .. " file(s), upload " .. tostring(row.uploading_status))))
end
recording.finish(outcomes, report, function(i) return input.channels[i].cname end)
