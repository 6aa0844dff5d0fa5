// Writes the generated sections of lua-docs/. With --check it fails if a page differs.
import { readFile, writeFile } from 'node:fs/promises';
import { importSource } from './import-source.mjs';

const { scriptApi } = await importSource('src/lua/lib/signatures.ts');
const { ERROR_CODES, EXIT_CODES } = await importSource('src/errors/codes.ts');

/** Globals that are described by hand: their functions come from integrations and from Lua. */
const FIRST = [
  [
    '`app.integrations.<id>.<function>`',
    'The functions of an integration, through its default account; `.<account>.<function>` through another. Enumerable with `pairs`',
  ],
];
const LAST = [['`print(...)`', 'Prints its arguments, tables written out.']];

const SECTIONS = {
  'lua-docs/overview.md': { globals: globalsTable() },
  'lua-docs/errors.md': { 'exit-codes': exitCodesTable(), 'error-codes': errorCodesTable() },
};

for (const [file, sections] of Object.entries(SECTIONS)) {
  const page = await readFile(file, 'utf8');
  const generated = Object.entries(sections).reduce((text, [name, section]) => replaceSection(text, name, section), page);
  if (generated === page) continue;
  if (process.argv.includes('--check')) throw new Error(`${file} differs from the code; run npm run docs`);
  await writeFile(file, generated);
}

function replaceSection(page, name, section) {
  const [start, end] = [`<!-- generated: ${name} -->`, '<!-- end -->'];
  const from = page.indexOf(start);
  const to = page.indexOf(end, from);
  if (from === -1 || to === -1) throw new Error(`the markers of the section ${name} are missing`);
  return `${page.slice(0, from)}${start}\n${section}\n${page.slice(to)}`;
}

function globalsTable() {
  const { globals, functions } = scriptApi();
  const isOf = (name, { path }) => path.startsWith(`${name}.`);
  const rows = [
    ...FIRST,
    ...globals.flatMap(({ name, type, description, fields = [] }) => [
      ...(type === undefined ? [] : [[`\`${name}\``, description]]),
      ...fields.map((field) => [`\`${name}.${field.name}\``, field.description]),
      ...functions.filter((fn) => isOf(name, fn)).map(functionRow),
    ]),
    ...functions.filter((fn) => !globals.some(({ name }) => isOf(name, fn))).map(functionRow),
    ...LAST,
  ];
  return table(['name', 'what it is'], rows);
}

function exitCodesTable() {
  return table(['exit code', 'meaning'], Object.entries(EXIT_CODES));
}

function errorCodesTable() {
  const rows = Object.entries(ERROR_CODES).map(([code, { exitCode, outcome, retryable, help }]) => [
    `\`${code}\``,
    exitCode,
    outcome,
    retryable ? 'yes' : 'no',
    help,
  ]);
  return table(['code', 'exit', 'outcome', 'retryable', 'meaning'], rows);
}

function table(head, rows) {
  const lines = [head, ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  lines.splice(1, 0, `|${'---|'.repeat(head.length)}`);
  return lines.join('\n');
}

function functionRow({ path, parameters, description }) {
  const names = parameters.map(({ name, optional }) => (optional === true ? `[${name}]` : name));
  const options = parameters.flatMap((parameter) =>
    Object.entries(parameter.options?.fields ?? {}).map(([name, field]) => ` \`${name}\`: ${lowerFirst(field.description)}`),
  );
  return [`\`${path}(${names.join(', ')})\``, `${description}${options.join('')}`];
}

function lowerFirst(text) {
  return `${text.slice(0, 1).toLowerCase()}${text.slice(1)}`;
}
