// The client under test, as the suite starts it: `node client.mjs <address of the server>`. It runs the built kosmo in a home and a folder
// of its own: it adds the server, logs in if the scenario is about logins, lists the tools and calls them.

import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { spawn as spawnOnTerminal } from '@lydell/node-pty';

const KOSMO = fileURLToPath(new URL('../../bin/kosmo.js', import.meta.url));
const { MCP_CONFORMANCE_SCENARIO: scenario = '', MCP_CONFORMANCE_CONTEXT: contextJson } = process.env;
const context = JSON.parse(contextJson ?? '{}');
const address = process.argv.at(-1);

const MAX_LOGINS = 3;
/** Scenarios that run at the same time. */
const SLOTS = 4;
/** The exit code of a call that the server refused for its credentials. */
const CREDENTIALS_REJECTED = 5;

const folder = mkdtempSync(path.join(tmpdir(), 'kosmo-conformance-'));
const inherited = Object.entries(process.env).filter(([name]) => !/^(?:AGORA_|KOSMO_|CI$|NODE_OPTIONS)/.test(name));
const env = { ...Object.fromEntries(inherited), KOSMO_HOME: path.join(folder, 'home'), XDG_CACHE_HOME: path.join(folder, 'cache') };

/** Runs a command and prints what it printed. */
function kosmo(args, stdin = '') {
  const child = spawn(process.execPath, [KOSMO, ...args], { cwd: folder, env, stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(stdin);
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    stdout += chunk;
  });
  return new Promise((resolve) =>
    child.once('close', (code) => {
      console.log(`kosmo ${args.join(' ')} → ${code}\n${stdout}`);
      resolve({ code, stdout });
    }),
  );
}

/** Runs a command on a terminal. `answer` gets the text so far, and returns what the user types next. */
function onTerminal(args, answer) {
  const child = spawnOnTerminal(process.execPath, [KOSMO, ...args], { cols: 500, rows: 50, cwd: folder, env: { ...env, TERM: 'xterm' } });
  let screen = '';
  child.onData((data) => {
    screen += data;
    const typed = answer(screen);
    if (typed !== undefined) setTimeout(() => child.write(typed), 200);
  });
  return new Promise((resolve) =>
    child.onExit(({ exitCode: code }) => {
      console.log(`kosmo ${args.join(' ')} → ${code}\n${screen}`);
      resolve({ code, stdout: screen });
    }),
  );
}

/** Logs in, and opens the printed address as a browser does. */
function login() {
  let opened = false;
  return onTerminal(['mcp:login', 't'], (screen) => {
    const url = /(https?:\/\/\S+)\s/.exec(screen)?.[1];
    if (url === undefined || opened) return undefined;
    opened = true;
    fetch(url).catch((error) => console.log(`the browser failed: ${error}`));
    return undefined;
  });
}

/** Presses Enter at each question, which accepts the default. */
function acceptingDefaults() {
  let seen = 0;
  return (screen) => {
    if (!/[?:>\])] *$/.test(stripVTControlCharacters(screen.slice(seen)))) return undefined;
    seen = screen.length;
    return '\r';
  };
}

async function addServer() {
  const { client_id: clientId, client_secret: clientSecret } = context;
  const known = scenario === 'auth/pre-registration' && clientId !== undefined;
  const added = await kosmo(['mcp:add', 't', address, '--global', ...(known ? ['--client-id', clientId] : [])]);
  if (known) await kosmo(['mcp:secret:set', 't', 'client_secret', '--stdin'], clientSecret);
  if (scenario === 'auth/basic-cimd') {
    const url = 'https://conformance-test.local/client-metadata.json';
    writeFileSync(path.join(env.KOSMO_HOME, 'config.yaml'), `kosmo:\n  oauth:\n    clientMetadataUrl: ${url}\n`);
  }
  return added.code;
}

/** The calls of a scenario: those of its context, or one of each tool. */
async function callsFor(tools) {
  if (context.toolCalls !== undefined) return context.toolCalls.map(({ name, arguments: args }) => ({ name, args }));
  if (scenario === 'json-schema-2020-12-preservation') {
    const focal = tools.find(({ name }) => name === 'json_schema_2020_12_tool');
    const echo = tools.find(({ name }) => name !== focal?.name);
    const { stdout } = await kosmo(['mcp:schema', `t.${focal?.name}`, '--json']);
    return [{ name: echo?.name, args: { schema: JSON.parse(stdout).tool.schema } }];
  }
  return tools.map(({ name, schema }) => ({ name, args: sampleArguments(schema) }));
}

const SAMPLES = { number: 5, integer: 5, boolean: true, string: 'text', array: [], object: {} };

function sampleArguments({ properties = {}, required = [] } = {}) {
  return Object.fromEntries(required.map((name) => [name, SAMPLES[properties[name]?.type] ?? 'text']));
}

async function call({ name, args }) {
  const words = ['mcp:call', `t.${name}`, JSON.stringify(args ?? {}), '--force'];
  if (/^(?:elicitation|sep-2322)-/.test(scenario)) return onTerminal(words, acceptingDefaults());
  return kosmo([...words, '--json']);
}

async function run() {
  const added = await addServer();
  if (added !== 0) return added;
  const isLogin = scenario.startsWith('auth/');
  if (isLogin) {
    const { code } = await login();
    if (code !== 0) return code;
  }
  let listed = await kosmo(['mcp:tools', 't', '--json']);
  if (isLogin && listed.code === CREDENTIALS_REJECTED) {
    await login();
    listed = await kosmo(['mcp:tools', 't', '--json']);
  }
  if (listed.code !== 0) return listed.code;
  const { tools = [] } = JSON.parse(listed.stdout);
  let last = 0;
  for (const wanted of await callsFor(tools)) {
    let { code } = await call(wanted);
    for (let logins = 1; isLogin && code === CREDENTIALS_REJECTED && logins < MAX_LOGINS; logins++) {
      const again = await login();
      if (again.code !== 0) return again.code;
      ({ code } = await call(wanted));
    }
    last = code;
  }
  return last;
}

/** The suite starts all scenarios at once. Waits until fewer than `SLOTS` others run: on a busy machine servers look dead. */
async function takeSlot() {
  for (;;) {
    for (let slot = 0; slot < SLOTS; slot++) {
      const taken = path.join(process.env.KOSMO_CONFORMANCE_SLOTS ?? folder, `slot-${slot}`);
      try {
        mkdirSync(taken);
        return () => rmdirSync(taken);
      } catch (error) {
        if (error.code !== 'EEXIST') throw error;
      }
    }
    await delay(100);
  }
}

const leave = await takeSlot();
process.exitCode = await run().finally(() => {
  leave();
  rmSync(folder, { recursive: true, force: true });
});
