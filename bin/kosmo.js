#!/usr/bin/env node
'use strict';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`kosmo needs Node 20.19 or newer; this is ${process.versions.node}.\n`);
  process.exit(2);
}
require('../dist/launch.cjs').launch(require('node:path').join(__dirname, '..'));
