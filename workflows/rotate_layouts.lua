-- Changes the layout of a running mix recording again and again.
--
--   kosmo integrations:lua workflows/rotate_layouts.lua --force --input @workflows/rotate_layouts.example.json
--   (after you wrote your own recording into the JSON file)
--
-- input.resource_id, input.sid, input.cname, input.uid  of the recording (required)
-- input.layouts  layouts in turn: 0 floating, 1 best fit, 2 vertical; default {1, 0, 2}
-- input.seconds  how long each stays, default 30
-- input.rounds   how often to go through them, default 1
-- input.account  credential account, default "default"
--
-- Once the recording has ended, the next change fails, and the exit code is 5.

local agora = app.integrations.agora[input.account or "default"]
local session = {}
for _, name in ipairs({ "resource_id", "sid", "cname", "uid" }) do
  session[name] = input[name] or error("input." .. name .. " is missing: as start_recording was given or returned it", 0)
end
local layouts = input.layouts or { 1, 0, 2 }
local seconds = tonumber(input.seconds or 30) or error("input.seconds is not a number", 0)
local rounds = tonumber(input.rounds or 1) or error("input.rounds is not a number", 0)

local changes = 0
for _ = 1, rounds do
  for _, layout in ipairs(layouts) do
    agora.update_recording_layout({
      resource_id = session.resource_id, sid = session.sid, cname = session.cname, uid = session.uid, mixed_video_layout = layout,
    })
    changes = changes + 1
    print("layout " .. layout)
    sleep(seconds)
  end
end
return { changes = changes }
