import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { KosmoError } from '../../../../src/errors/index.ts';
import type { IntegrationCommandContext } from '../../../../src/integration/index.ts';
import { signHeadBucket } from '../../../../src/integrations/agora/api/storage-probe.ts';
import { agoraCheckStorageCommand } from '../../../../src/integrations/agora/commands/check-storage.ts';
import { type RecordingServer, startRecordingServer } from '../../../helpers/recording-server.ts';

const STORAGE = { vendor: 1, region: 7, bucket: 'recordings.example', accessKey: 'AKIDEXAMPLE', secretKey: 'fake-secret-key' };
let server: RecordingServer;
beforeAll(async () => {
  server = await startRecordingServer();
});
afterAll(() => server.close());
beforeEach(() => {
  server.seen.length = 0;
});

async function run(
  storage: object | string,
  options: Record<string, unknown> = {},
): Promise<{ printed: string[]; noted: string[]; error?: KosmoError }> {
  const printed: string[] = [];
  const noted: string[] = [];
  const context = {
    signal: new AbortController().signal,
    print: async (line: string) => printed.push(line) > 0,
    note: (line: string) => void noted.push(line),
  } as unknown as IntegrationCommandContext;
  try {
    await agoraCheckStorageCommand.run(options, context, [typeof storage === 'string' ? storage : JSON.stringify(storage)]);
    return { printed, noted };
  } catch (thrown) {
    if (!(thrown instanceof KosmoError)) throw thrown;
    return { printed, noted, error: thrown };
  }
}
const live = (status: number, headers: Record<string, string> = {}) => {
  server.respond = (_request, response) => void response.writeHead(status, headers).end();
  return run(STORAGE, { live: true, json: true, endpoint: server.url });
};

describe('without --live nothing is sent', () => {
  test('the names of vendor and region are told', async () => {
    const { printed } = await run(STORAGE);
    expect(printed).toEqual(['bucket recordings.example at vendor 1 Amazon S3, region 7 eu-central-1']);
    expect(server.seen).toEqual([]);
  });

  test('a number in no table is a warning, in text and in JSON', async () => {
    const { noted, printed } = await run({ ...STORAGE, region: 26 });
    expect(noted.join()).toContain('the nearest number is 25, eu-south-1');
    expect(printed).toEqual(['bucket recordings.example at vendor 1 Amazon S3']);
    const document = JSON.parse((await run({ storage: { ...STORAGE, vendor: 4 } }, { json: true })).printed[0] ?? '');
    expect(document).toMatchObject({
      success: true,
      live: null,
      storage: { vendor: 4, vendor_name: null },
      warnings: [expect.any(String)],
    });
  });

  test('what cannot work is all told at once, without a key', async () => {
    const { error } = await run({ ...STORAGE, bucket: 's3://b', secretKey: 'VISIBLE\n' });
    expect(error?.code).toBe('CHECK_FAILED');
    expect(error?.message).toMatch(/storage.bucket must be the name .* storage.secretKey has a line end/);
    expect(JSON.stringify([error?.message, error?.details])).not.toContain('VISIBLE');
  });

  test.each(['{', '[]', '"text"', '@/nowhere.json'])('%s is a usage error', async (given) => {
    expect((await run(given)).error?.code).toBe('USAGE');
  });
});

describe('with --live the bucket is asked', () => {
  test('by a signed HEAD, which changes nothing', async () => {
    const { printed } = await live(200);
    expect(JSON.parse(printed[0] ?? '')).toMatchObject({ success: true, live: { ok: true, status: 200 } });
    expect(server.seen.map(({ method, url }) => `${method} ${url}`)).toEqual(['HEAD /recordings.example']);
    expect(server.seen[0]?.headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-central-1\/s3\/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=[0-9a-f]{64}$/,
    );
  });

  test.each<[number, Record<string, string>, string]>([
    [403, {}, 'the keys are wrong, or may not look at the bucket'],
    [404, {}, 'there is no bucket recordings.example'],
    [301, { 'x-amz-bucket-region': 'us-west-2' }, 'lies in us-west-2, not in eu-central-1'],
    [400, {}, 'the region or the keys are wrong'],
    [503, {}, 'answered with status 503'],
  ])('%i %j', async (status, headers, words) => {
    const { error } = await live(status, headers);
    expect(error).toMatchObject({ code: 'CHECK_FAILED', details: { status } });
    expect(error?.message).toContain(words);
  });

  test('a vendor without the API of S3, and an address without encryption, are usage errors', async () => {
    expect((await run({ ...STORAGE, vendor: 2 }, { live: true })).error?.message).toContain('vendor 1 with a region of the table');
    expect((await run(STORAGE, { live: true, endpoint: 'http://example.com' })).error?.code).toBe('USAGE');
    expect((await run(STORAGE, { endpoint: 'https://example.com' })).error?.code).toBe('USAGE');
  });
});

// Computed with Python's hmac and hashlib by the steps of AWS Signature Version 4.
test('the signature is that of AWS Signature Version 4', () => {
  const bucket = {
    origin: 'https://s3.eu-central-1.amazonaws.com',
    region: 'eu-central-1',
    name: 'recordings-example',
    accessKey: 'AKIDEXAMPLE',
    secretKey: 'fake-secret-key',
    sessionToken: 'fake-session-token',
  };
  const { headers } = signHeadBucket(bucket, new Date('2026-11-30T12:34:56.789Z'));
  expect(headers.authorization).toContain('Signature=7c07f84cd20ed4db286cca15dcbb40ffbff350c67896336e430bce5a4bfc3df0');
});
