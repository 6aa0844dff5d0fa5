// The bare side of the bench: the same queries by undici alone. Arguments: how many, how many at a time, and the session as JSON.
const [count, atOnce, session] = process.argv.slice(2);
const { resource_id, sid, mode } = JSON.parse(session);
const { AGORA_URL, AGORA_APP_ID, AGORA_CUSTOMER_ID, AGORA_CUSTOMER_SECRET } = process.env;
const path = `/v1/apps/${AGORA_APP_ID}/cloud_recording/resourceid/${resource_id}/sid/${sid}/mode/${mode}/query`;
const authorization = `Basic ${Buffer.from(`${AGORA_CUSTOMER_ID}:${AGORA_CUSTOMER_SECRET}`).toString('base64')}`;

const started = performance.now();
// kosmo, too, loads its HTTP library when the first call is made.
const { Pool } = await import('undici');
const pool = new Pool(AGORA_URL);
let left = Number(count);
const work = async () => {
  while (left-- > 0) {
    const { body } = await pool.request({ method: 'GET', path, headers: { authorization } });
    await body.json();
  }
};
await Promise.all(Array.from({ length: Number(atOnce) }, work));
console.log(performance.now() - started);
await pool.close();
