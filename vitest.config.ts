import { defineConfig } from 'vitest/config';

export default defineConfig({
  define: { KOSMO_VERSION: JSON.stringify('0.0.0-test'), KOSMO_FENGARI_VERSION: JSON.stringify('0.0.0-test') },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/helpers/transcript.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // As the bundle defines it: floats with integral values print without '.0'.
    env: { FENGARICONF: JSON.stringify({ LUA_COMPAT_FLOATSTRING: true }) },
  },
});
