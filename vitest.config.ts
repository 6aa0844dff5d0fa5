import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

const PROCESSES = ['test/acceptance/**/*.test.ts', 'test/hostile/**/*.test.ts'];

/** Files that replace modules, or look at what a process has loaded. */
const ISOLATED = [
  'test/cli/call/print-call.test.ts',
  'test/config/home.test.ts',
  'test/credentials/rotate-secrets.test.ts',
  'test/platform/*.test.ts',
  'test/runtime/second-integration.test.ts',
];

const versionIn = (file: string): string =>
  JSON.stringify((JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8')) as { version: string }).version);

export default defineConfig({
  define: { KOSMO_VERSION: JSON.stringify('0.0.0-test'), KOSMO_FENGARI_VERSION: JSON.stringify('0.0.0-test') },
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // By default one core is left idle: half of a machine with two.
    maxWorkers: '100%',
    // A process for each file would take a quarter of the time of the unit tests.
    isolate: false,
    setupFiles: ['test/helpers/fresh-process.ts'],
    // As the bundle defines it: floats with integral values print without '.0'.
    env: { FENGARICONF: JSON.stringify({ LUA_COMPAT_FLOATSTRING: true }) },
    projects: [
      // Needs src/integrations/generated/, and not the bundle.
      { extends: true, test: { name: 'unit', include: ['test/**/*.test.ts'], exclude: [...PROCESSES, ...ISOLATED] } },
      { extends: true, test: { name: 'isolated', include: ISOLATED, isolate: true } },
      // Processes that run dist/, and command lines in the process of the test, which say the same versions.
      {
        extends: true,
        define: {
          KOSMO_VERSION: versionIn('package.json'),
          KOSMO_FENGARI_VERSION: versionIn('node_modules/fengari/package.json'),
        },
        test: { name: 'acceptance', include: ['test/acceptance/**/*.test.ts'], globalSetup: ['test/helpers/transcript.ts'] },
      },
      { extends: true, test: { name: 'hostile', include: ['test/hostile/**/*.test.ts'], globalSetup: ['test/helpers/transcript.ts'] } },
    ],
  },
});
