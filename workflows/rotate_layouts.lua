-- Once the recording has ended, the next change fails, and the exit code is 5.
local input = workflow {
  description = "Change the layout of a running mix recording again and again.",
  input = {
    resource_id = { type = "string", pattern = "\\S", description = "As acquire_recording_resource returned it." },
    sid = { type = "string", pattern = "\\S", description = "As start_recording returned it." },
    cname = { type = "string", pattern = "\\S", description = "Channel of the recording." },
    uid = { type = "string", pattern = "\\S", description = "Uid of the recorder." },
    layouts = {
      type = "array",
      minItems = 1,
      items = { type = "integer", enum = { 0, 1, 2 } },
      default = { 1, 0, 2 },
      description = "Layouts in turn: 0 floating, 1 best fit, 2 vertical.",
    },
    seconds = { type = "number", minimum = 0, default = 30, description = "How long each layout stays." },
    rounds = { type = "integer", minimum = 1, default = 1, description = "How often to go through the layouts." },
    mode = { type = "string", enum = { "mix" }, default = "mix", description = "Mode of the recording." },
    account = { type = "string", pattern = "\\S", default = "default", description = "Credential account." },
  },
  calls = { "agora.update_recording_layout" },
}
local agora = app.integrations.agora[input.account]

local changes = 0
for _ = 1, input.rounds do
  for _, layout in ipairs(input.layouts) do
    agora.update_recording_layout({
      resource_id = input.resource_id, sid = input.sid, cname = input.cname, uid = input.uid, mixed_video_layout = layout,
    })
    changes = changes + 1
    print("layout " .. layout)
    sleep(input.seconds)
  end
end
return { changes = changes }
