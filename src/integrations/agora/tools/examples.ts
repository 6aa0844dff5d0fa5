/** Beginnings of the examples on the functions' pages: each page's example works as it stands. */

export const ACQUIRED = `local agora = app.integrations.agora
local acquired = agora.acquire_recording_resource({ cname = "team-standup", uid = "527841" })
`;

export const STARTED = `${ACQUIRED}local started = agora.start_recording({
  resource_id = acquired.resourceId,
  mode = "mix",
  cname = "team-standup",
  uid = "527841",
  recording_config = { channelType = 1, streamTypes = 2, maxIdleTime = 30 },
  recording_file_config = { avFileType = { "hls" } },
  storage_config = {
    vendor = 1,
    region = 0,
    bucket = "recordings-example",
    accessKey = "fake-access-key",
    secretKey = "fake-secret-key",
    fileNamePrefix = { "agora", "teamstandup" },
  },
})
`;

/** What names the running recording in every later call. */
const SESSION = '  resource_id = acquired.resourceId,\n  sid = started.sid,\n';
const CHANNEL_IDENTITY = '  cname = "team-standup",\n  uid = "527841",\n';

/** An example that calls `name` on the recording it has just started; `lines` are further arguments. */
export function callOnStarted(name: string, lines: string, { party }: { readonly party: boolean }): string {
  return `${STARTED}local result = agora.${name}({\n${SESSION}${party ? CHANNEL_IDENTITY : ''}${lines}})\ndump(result)`;
}
