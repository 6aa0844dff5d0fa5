import { defineConfig } from 'vitest/config';

/** Tests in a real browser, `npm run test:browser`: Chromium must be installed, so `npm test` does not run them. */
export default defineConfig({
  define: { KOSMO_VERSION: JSON.stringify('0.0.0-test'), KOSMO_FENGARI_VERSION: JSON.stringify('0.0.0-test') },
  test: { include: ['test/browser/**/*.browser.ts'], testTimeout: 120_000, hookTimeout: 120_000 },
});
