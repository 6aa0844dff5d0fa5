#!/usr/bin/env node
import module from 'node:module';
import { fileURLToPath } from 'node:url';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`kosmo needs Node 20.19 or newer; this is ${process.versions.node}.\n`);
  process.exit(2);
}
module.enableCompileCache?.();
const { main } = await import('../dist/cli.js');
await main(fileURLToPath(new URL('..', import.meta.url)));
