import { defineConfig } from 'vitest/config';

/** `npm run soak`: minutes long, and not a part of `npm test`. */
export default defineConfig({
  define: { KOSMO_VERSION: JSON.stringify('0.0.0-test'), KOSMO_FENGARI_VERSION: JSON.stringify('0.0.0-test') },
  test: { include: ['test/soak/*.soak.ts'], globalSetup: ['test/helpers/transcript.ts'], testTimeout: 900_000 },
});
