-- expect: ok|CPU_LIMIT|MEMORY_LIMIT|INVALID_ARGUMENTS
pcall(app.integrations.agora.acquire_recording_resource, {
  cname = "a", uid = "1", client_request = '{"a":[' .. ("1,"):rep(1e7) .. "1]}",
})
