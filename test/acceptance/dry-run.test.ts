import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { CallReport } from '../../src/runtime/index.ts';
import type { CliOptions } from '../helpers/cli.ts';
import { type RecordingServer, startRecordingServer } from '../helpers/recording-server.ts';
import { runCli as kosmo } from '../helpers/run-cli.ts';
import { hasTmux, openTestTerminal } from '../helpers/terminal.ts';

let server: RecordingServer;
let options: CliOptions;
const home = mkdtempSync(path.join(tmpdir(), 'kosmo-dry-'));
beforeAll(async () => {
  server = await startRecordingServer();
  options = {
    env: {
      AGORA_CUSTOMER_ID: 'cid',
      AGORA_CUSTOMER_SECRET: 'csec-S3CRET',
      AGORA_APP_ID: 'app1',
      AGORA_URL: server.url,
      KOSMO_HOME: path.join(home, 'none'),
    },
  };
});
afterAll(async () => {
  rmSync(home, { recursive: true });
  await server.close();
});
beforeEach(() => {
  server.seen.length = 0;
});

const START = [
  'agora.start_recording',
  ...['--resource-id=R', '--mode=mix', '--cname=007', '--uid=527841', '--token=rtc-S3CRET', '--recording-config.maxIdleTime=60'],
  ...['--storage-config', '{"vendor":1,"region":0,"bucket":"b","accessKey":"access-S3CRET","secretKey":"secret-S3CRET"}'],
];
const REQUEST = {
  method: 'POST',
  headers: { authorization: '[redacted]', 'content-type': 'application/json;charset=utf-8', accept: 'application/json' },
  body: {
    cname: '007',
    uid: '527841',
    clientRequest: {
      token: '[redacted]',
      recordingConfig: { maxIdleTime: 60 },
      storageConfig: { vendor: 1, region: 0, bucket: 'b', accessKey: '[redacted]', secretKey: '[redacted]' },
    },
  },
};

const dryRun = async (...args: readonly string[]): Promise<CallReport & { readonly code: number | null }> => {
  const { stdout, code } = await kosmo(['integrations:call', ...args, '--dry-run', '--json'], options);
  expect(server.seen).toEqual([]);
  return { ...(JSON.parse(stdout) as CallReport), code };
};

describe('a dry run', () => {
  test('AC-082 shows the exact request, without secrets, and sends and keeps nothing', async () => {
    const { code, success, data, meta } = await dryRun(...START, '--force');
    expect({ code, success, data }).toEqual({ code: 0, success: true, data: null });
    expect(meta).toMatchObject({
      dry_run: true,
      policy: 'allow',
      permission_bypassed: true,
      request: { ...REQUEST, url: `${server.url}/v1/apps/app1/cloud_recording/resourceid/R/mode/mix/start` },
    });
    expect(existsSync(path.join(home, 'none'))).toBe(false);
  });

  test('AC-082 fails where the call would, and shows the request nonetheless', async () => {
    const { code, success, error, meta } = await dryRun(...START);
    expect({ code, success }).toEqual({ code: 4, success: false });
    expect(error).toContain('requires approval');
    expect(meta).toMatchObject({ dry_run: true, policy: 'refuse', request: REQUEST });
  });

  test('hides secrets under other names, in lists and in addresses', async () => {
    const config = {
      storageConfig: {
        ...{ vendor: 1, region: 0, bucket: 'bucket-shown', accessKey: 'LEAK', secretKey: 'LEAK', accessId: 'LEAK', publicKey: 'shown-too' },
        ...{ secretKye: ['LEAK'], extensionParams: { sse: 'kms', sessionToken: 'LEAK', kms_key: 'LEAK' } },
      },
      more: [{ rtmpUrl: 'rtmp://live.example.com/app/LEAK' }, { url: 'https://user:LEAK@example.com/r?token=LEAK' }],
    };
    const { meta } = await dryRun(...START.slice(0, 3), '--cname=007', '--uid=5', '--client-request', JSON.stringify(config), '--force');
    const shown = JSON.stringify(meta);
    expect(shown).not.toContain('LEAK');
    for (const text of ['bucket-shown', 'shown-too', 'rtmp://live.example.com/app/[redacted]', 'https://[redacted]@example.com/r'])
      expect(shown).toContain(text);
  });

  test('of arguments that are wrong has no request', async () => {
    const { code, meta } = await dryRun('agora.acquire_recording_resource', '--cname=a');
    expect(code).toBe(1);
    expect(meta).toMatchObject({ dry_run: true, policy: null, request: null });
  });

  test('of a function that is made of others shows the first request', async () => {
    const args = START.slice(2);
    const { code, meta } = await dryRun('agora.record', ...args, '--force');
    expect(code).toBe(0);
    expect(meta.request).toMatchObject({ method: 'POST', body: { cname: '007', uid: '527841', clientRequest: { scene: 0 } } });
    expect(meta.warnings).toEqual(['The function makes further requests, which depend on the answer to this one.']);
  });

  test('for people is the request as it would be written', async () => {
    const read = ['integrations:call', 'agora.query_recording', '--resource-id=R', '--sid=S', '--mode=mix', '--dry-run'];
    const { stdout, stderr, code } = await kosmo(read, options);
    expect(stdout).toMatch(
      /^GET http:\S+\/resourceid\/R\/sid\/S\/mode\/mix\/query\naccept: application\/json\naccept-encoding: gzip, deflate, br\nauthorization: \[redacted\]\n/,
    );
    expect({ stderr, code }).toEqual({ stderr: 'note: a dry run: nothing was sent; the policy allows this call\n', code: 0 });
    expect(server.seen).toEqual([]);
  });

  test.skipIf(!hasTmux)('at a terminal tells that one would be asked, and does not ask', async () => {
    const terminal = await openTestTerminal(['integrations:call', ...START, '--dry-run'], options.env ?? {});
    expect(await terminal.exitCode()).toBe(0);
    expect(await terminal.see('dry run')).toContain('the policy asks before this call');
    expect(await terminal.see('dry run')).not.toContain('Allow this call?');
    await terminal.close();
  });
});
