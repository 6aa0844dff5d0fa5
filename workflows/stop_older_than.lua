-- kosmo agora:recordings --json | kosmo run stop_older_than --input @- --hours 2
--
-- A recording that Agora no longer knows counts as stopped. A recording without a known sid cannot be stopped; it is printed.
local input = workflow {
  description = "Stop every recording that was started from this machine longer ago than some hours, and report on each.",
  input = {
    recordings = {
      type = "array",
      description = "As `kosmo agora:recordings --json` lists them.",
      items = {
        type = "object",
        additionalProperties = true,
        properties = {
          resource_id = { type = "string" }, sid = { type = "string", optional = true }, mode = { type = "string" },
          cname = { type = "string" }, uid = { type = "string" }, account = { type = "string" },
          started_at = { type = "string", pattern = "^\\d+-\\d+-\\d+T\\d+:\\d+:\\d+" },
        },
      },
    },
    hours = { type = "number", minimum = 0, default = 2, description = "How old a recording may become." },
  },
  -- The document of agora:recordings has further fields.
  additionalProperties = true,
  calls = { "agora.stop_recording" },
}

local recording = require "lib.recording"

local old = {}
for _, one in ipairs(input.recordings) do
  if recording.seconds_since(one.started_at) >= input.hours * 3600 then
    if one.sid then old[#old + 1] = one else print("not stopped: " .. one.cname .. ", whose sid is not known") end
  end
end

local outcomes = parallel.map(old, function(one)
  local ok, err = pcall(app.integrations.agora[one.account].stop_recording, {
    resource_id = one.resource_id, sid = one.sid, mode = one.mode, cname = one.cname, uid = one.uid,
  })
  if not ok and err.status ~= 404 then error(err, 0) end
end, { limit = 5, settle = true })

local stopped, first_error = {}, nil
for i, outcome in ipairs(outcomes) do
  local name = old[i].sid .. " (" .. old[i].cname .. ")"
  if outcome.ok then
    stopped[#stopped + 1] = old[i].sid
    print("stopped " .. name)
  else
    print("not stopped: " .. name .. ": " .. tostring(outcome.error))
    first_error = first_error or outcome.error
  end
end
if first_error then error(first_error, 0) end
return { stopped = json.array(stopped), checked = #input.recordings }
