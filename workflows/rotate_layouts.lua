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

-- Reports all problems of the input at once, before the first call.
if type(input) ~= "table" then error("the input must be a JSON object, not a " .. type(input) .. ": --input @workflows/rotate_layouts.example.json", 0) end
local kinds = {
  text = function(value) return (type(value) == "string" and value:find("%S") or math.type(value) == "integer") and value end,
  ["a number of 0 or more"] = function(value) return tonumber(value) and tonumber(value) >= 0 and tonumber(value) end,
  ["a whole number of 1 or more"] = function(value) value = math.tointeger(tonumber(value)) return value and value > 0 and value end,
  ["one of 0, 1, 2"] = function(value) return ({ [0] = 0, 1, 2 })[tonumber(value)] end,
  ["a list of at least one"] = function(value) return type(value) == "table" and #value > 0 and value end,
}
local problems = {}
local function check(name, value, kind, what)
  local checked = value ~= nil and kinds[kind](value)
  if checked then return checked end
  local shown = type(value) == "string" and "text" or type(value) ~= "table" and tostring(value) or #value > 0 and "a list" or "an object"
  local problem = value == nil and " is missing: " or " must be " .. kind .. ", not " .. shown .. ": "
  problems[#problems + 1] = "input." .. name .. problem .. what
end

local session = {}
for _, name in ipairs({ "resource_id", "sid", "cname", "uid" }) do
  session[name] = check(name, input[name], "text", "as start_recording was given or returned it")
end
local layouts = check("layouts", input.layouts or { 1, 0, 2 }, "a list of at least one", "layouts in turn, such as [1, 0, 2]")
for i, layout in ipairs(layouts or {}) do
  layouts[i] = check("layouts[" .. i .. "]", layout, "one of 0, 1, 2", "0 floating, 1 best fit, 2 vertical")
end
local seconds = check("seconds", input.seconds or 30, "a number of 0 or more", "how long each layout stays")
local rounds = check("rounds", input.rounds or 1, "a whole number of 1 or more", "how often to go through the layouts")
local account = check("account", input.account or "default", "text", "the name of a credential account")
if #problems > 0 then error(table.concat(problems, "\n"), 0) end
local agora = app.integrations.agora[account]

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
