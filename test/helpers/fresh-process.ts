import { afterEach, beforeAll } from 'vitest';
import { forgetSecrets } from '../../src/errors/redact.ts';

const { env } = process;

beforeAll(forgetSecrets);
afterEach(() => {
  process.env = env;
});
