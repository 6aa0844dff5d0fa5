-- Promises without a loop: a queue of jobs.
local queue = {}
local Promise = {}
Promise.__index = Promise
local function settle(p, state, value)
  if p.state then return end
  p.state, p.value = state, value
  for _, job in ipairs(p.waiting) do queue[#queue + 1] = job end
end
function Promise.new(fn)
  local p = setmetatable({ waiting = {} }, Promise)
  local ok, why = pcall(fn, function(v) settle(p, "done", v) end, function(e) settle(p, "failed", e) end)
  if not ok then settle(p, "failed", why) end
  return p
end
function Promise:next(done, failed)
  return Promise.new(function(resolve, reject)
    local function job()
      local handler = self.state == "done" and done or self.state == "failed" and failed
      if not handler then if self.state == "done" then resolve(self.value) else reject(self.value) end return end
      local ok, v = pcall(handler, self.value)
      if ok then resolve(v) else reject(v) end
    end
    if self.state then queue[#queue + 1] = job else table.insert(self.waiting, job) end
  end)
end
local out = {}
Promise.new(function(resolve) resolve(1) end)
  :next(function(v) return v + 1 end)
  :next(function(v) error({ code = v }) end)
  :next(function() out[#out + 1] = "never" end)
  :next(nil, function(e) out[#out + 1] = "code " .. e.code return "ok" end)
  :next(function(v) out[#out + 1] = v end)
while #queue > 0 do table.remove(queue, 1)() end
assert(#out == 2)
print(table.concat(out, ", "))
