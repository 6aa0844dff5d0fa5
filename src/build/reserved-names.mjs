// Ids that an integration cannot have, because each of them already names something else.
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { importSource } from './import-source.mjs';

const KEYWORDS = 'and break do else elseif end false for function goto if in local nil not or repeat return then true until while';

/** Globals of Lua and of kosmo. A test compares them with the globals of a script. */
const GLOBALS = `_ENV _G _VERSION assert collectgarbage coroutine debug dofile error getmetatable io ipairs load loadfile math next os package
  pairs pcall print rawequal rawget rawlen rawset require select setmetatable string table tonumber tostring type utf8 xpcall
  app defer docs dump exit input json log lua_read_doc mcp parallel regex sleep workflow`;

const words = (text) => text.split(/\s+/);

/**
 * The reserved names, each with what it names: `the command integrations:list`. `pages` are the pages of the integrations, which are
 * not guides. Reads the commands from the registry of the command line.
 */
export async function findReservedNames(pages) {
  const commands = await readCommandNames();
  const guides = (await readdir('lua-docs')).filter((file) => file.endsWith('.md') && !pages.includes(path.posix.join('lua-docs', file)));
  return new Map([
    // Variables such as KOSMO_HOME would be read as credentials.
    ['kosmo', 'the environment variables of kosmo'],
    ...guides.map((file) => path.basename(file, '.md')).map((name) => [name, `the guide ${name}`]),
    ...words(GLOBALS).map((name) => [name, `the global ${name} of scripts`]),
    ...words(KEYWORDS).map((name) => [name, `the keyword ${name} of Lua`]),
    ...['help', ...commands.map((name) => name.split(':')[0])].map((name) => [name, `the command ${name}`]),
    ...commands.filter((name) => name.startsWith('integrations:')).map((name) => [name.split(':')[1], `the command ${name}`]),
  ]);
}

async function readCommandNames() {
  const withoutIntegrations = {
    name: 'without-integrations',
    // The first build of a clone has no manifest yet.
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /[\\/]generated[\\/]manifest\.ts$/ }, ({ path: name }) => ({ path: name, namespace: 'without-integrations' }));
      onLoad({ filter: /./, namespace: 'without-integrations' }, () => ({ contents: 'export const manifest = [];' }));
    },
  };
  const { COMMAND_GROUPS } = await importSource('src/cli/commands/index.ts', [withoutIntegrations]);
  return COMMAND_GROUPS.flatMap(({ names }) => names);
}
