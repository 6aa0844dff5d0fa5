/** The Lua blocks of the specification page, byte for byte, as one script in which `resource_id` and `sid` are passed on. */
export const SPEC_BLOCKS = `
local acquired = app.integrations.agora.acquire_recording_resource({
cname = "team-standup",
uid = "527841",
scene = 0,
resource_expired_hour = 24,
})
local resource_id = acquired.resourceId
local started = app.integrations.agora.start_recording({
resource_id = resource_id,
mode = "mix",
cname = "team-standup",
uid = "527841",
recording_config = {
channelType = 1,
streamTypes = 2,
maxIdleTime = 30,
},
recording_file_config = {
avFileType = { "hls" },
},
storage_config = {
vendor = 1,
region = 0,
bucket = "recordings-example",
accessKey = "fake-access-key",
secretKey = "fake-secret-key",
fileNamePrefix = { "agora", "team-standup" },
},
})
local sid = started.sid
local status = app.integrations.agora.query_recording({
resource_id = resource_id,
sid = sid,
mode = "mix",
})
print(status.serverResponse.status)
app.integrations.agora.update_recording({
resource_id = resource_id,
sid = sid,
mode = "mix",
cname = "team-standup",
uid = "527841",
stream_subscribe = {
audioUidList = {
subscribeAudioUids = { "123", "456" },
},
videoUidList = {
subscribeVideoUids = { "123" },
},
},
})
app.integrations.agora.update_recording_layout({
resource_id = resource_id,
sid = sid,
cname = "team-standup",
uid = "527841",
mixed_video_layout = 3,
background_color = "#000000",
layout_config = {
{ uid = "123", x_axis = 0, y_axis = 0, width = 0.5, height = 1, alpha = 1 },
{ uid = "456", x_axis = 0.5, y_axis = 0, width = 0.5, height = 1, alpha = 1 },
},
})
local stopped = app.integrations.agora.stop_recording({
resource_id = resource_id,
sid = sid,
mode = "mix",
cname = "team-standup",
uid = "527841",
async_stop = false,
})
print(stopped.serverResponse.uploadingStatus)
local ips = app.integrations.agora.get_notification_ips({})
for _, host in ipairs(ips.data.service.hosts) do
print(host.primaryIP)
end`;
