-- expect: CPU_LIMIT|MEMORY_LIMIT
while true do pcall(app.integrations.agora.query_recording, {}) end
