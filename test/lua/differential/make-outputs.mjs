// Makes the expected outputs of test/lua/programs and of the generated cases again: `npm run lua:outputs`, which needs lua5.3.
import { execFileSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';

const FOLDER = new URL('../programs/', import.meta.url);

const run = (file) => execFileSync('lua5.3', [file], { cwd: FOLDER, encoding: 'utf8', env: { TZ: 'UTC', LC_ALL: 'C' } });

const programs = readdirSync(FOLDER).filter((name) => name.endsWith('.lua'));
const outputs = Object.fromEntries(programs.toSorted().map((name) => [name, run(name).split('\n').slice(0, -1)]));
const batches = run('../differential/generate.lua').split('\n').slice(0, -1);
writeFileSync(new URL('outputs.json', import.meta.url), `${JSON.stringify({ programs: outputs, batches }, null, 2)}\n`);
