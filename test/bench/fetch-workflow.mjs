// What workflows/record_channel.lua calls, by hand with global `fetch`.
const { AGORA_URL, AGORA_APP_ID, AGORA_CUSTOMER_ID, AGORA_CUSTOMER_SECRET } = process.env;
const base = `${AGORA_URL}/v1/apps/${AGORA_APP_ID}/cloud_recording`;
const authorization = `Basic ${Buffer.from(`${AGORA_CUSTOMER_ID}:${AGORA_CUSTOMER_SECRET}`).toString('base64')}`;
const party = { cname: 'bench', uid: '527841' };

async function call(method, path, body) {
  const headers = { authorization, 'content-type': 'application/json' };
  const response = await fetch(`${base}/${path}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${JSON.stringify(answer)}`);
  return answer;
}

const { resourceId } = await call('POST', 'acquire', { ...party, clientRequest: { scene: 0 } });
const { sid } = await call('POST', `resourceid/${resourceId}/mode/mix/start`, {
  ...party,
  clientRequest: {
    recordingConfig: {
      channelType: 1,
      streamTypes: 2,
      maxIdleTime: 120,
      transcodingConfig: { width: 1280, height: 720, fps: 15, bitrate: 1130, mixedVideoLayout: 1 },
    },
    recordingFileConfig: { avFileType: ['hls', 'mp4'] },
    storageConfig: { vendor: 1, region: 0, bucket: 'b', accessKey: 'k', secretKey: 's' },
  },
});
const session = `resourceid/${resourceId}/sid/${sid}/mode/mix`;
while ((await call('GET', `${session}/query`)).serverResponse.status < 4);
await call('POST', `${session}/updateLayout`, { ...party, clientRequest: { mixedVideoLayout: 0 } });
await call('GET', `${session}/query`);
const { serverResponse } = await call('POST', `${session}/stop`, { ...party, clientRequest: { async_stop: false } });
console.log(JSON.stringify({ sid, uploading_status: serverResponse.uploadingStatus }));
