-- Shared by the workflows: stopping once, names of files, one rule for partial failure.
local recording = {}

-- A recording costs money from its start. It is stopped in any case, also after an error, a limit or Ctrl-C.
function recording.stop_once(agora, session)
  local stopped
  local function stop()
    stopped = stopped or agora.stop_recording(session)
    return stopped.serverResponse, stopped.code
  end
  defer(stop)
  return stop
end

function recording.file_names(response)
  local list = response.fileList
  if type(list) == "string" then return json.array(list ~= "" and { list } or {}) end
  local names = json.array()
  for _, file in ipairs(list or {}) do names[#names + 1] = file.fileName or file.filename end
  return names
end

-- Ends the script with the outcomes of parallel.map with settle. Each failure is logged. If all failed, the first error is raised again,
-- so its exit code is that of the run. If some failed, the report is the result and the exit code is 10.
function recording.finish(outcomes, report, name_of)
  local failed, first = 0, nil
  for index, outcome in ipairs(outcomes) do
    if not outcome.ok then
      failed, first = failed + 1, first or outcome.error
      log("failed: " .. name_of(index) .. ": " .. tostring(outcome.error))
    end
  end
  if failed > 0 and failed == #outcomes then error(first, 0) end
  exit(failed > 0 and 10 or 0, report)
end

-- Returns the seconds since a time such as 2026-01-01T09:00:00Z. os.time reads local time, which is an hour wrong over a change of the
-- clocks. Years begin in March here, so that the day that a leap year adds is the last.
function recording.seconds_since(iso)
  local year, month, day, hour, min, sec = iso:match("^(%d+)-(%d+)-(%d+)T(%d+):(%d+):(%d+)")
  year, month = tonumber(year), tonumber(month)
  if month < 3 then year, month = year - 1, month + 12 end
  local days = 365 * year + year // 4 - year // 100 + year // 400 + (153 * month - 457) // 5 + day - 719469
  return os.time() - (((days * 24 + hour) * 60 + min) * 60 + sec)
end

return recording
