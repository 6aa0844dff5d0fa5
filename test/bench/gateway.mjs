// What the gateway costs a client: tokens of the tools' definitions, and how long it waits while scripts of others compute.
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { Tiktoken } from 'js-tiktoken/lite';
import o200k_base from 'js-tiktoken/ranks/o200k_base';
import { kosmo, median } from './measure.mjs';

const PINGS = 200;

export async function compareGateway() {
  const tokenizer = new Tiktoken(o200k_base);
  const tokens = async (tools) => {
    const { client } = await open(`--tools=${tools}`);
    const definitions = JSON.stringify((await client.listTools()).tools);
    await client.close();
    return tokenizer.encode(definitions).length;
  };
  return [
    {
      figure: 'tokens of all tools, `mcp:serve --tools=code`',
      against: '`--tools=functions`',
      unit: 'tokens',
      mine: await tokens('code'),
      theirs: await tokens('functions'),
    },
    ...(await comparePings()),
  ];
}

async function open(...args) {
  const client = new Client({ name: 'bench', version: '1' });
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [kosmo, 'mcp:serve', '--emulator', '--write=allow', ...args],
      env: process.env,
    }),
  );
  return { client, run: (code, timeout) => client.callTool({ name: 'execute_lua', arguments: { code, timeout } }, { timeout: 120_000 }) };
}

const SPINNING = ['while true do end', 'while true do local t = {} for i = 1, 1e5 do t[i] = {} end end'];
// What they ask for is done by the thread that answers pings.
const ASKING = [
  'while true do docs.search("layout") docs.search("zzzz qqqq") end',
  'local agora = app.integrations.agora while true do pcall(agora.query_recording, { resource_id = "R", sid = "S", mode = "mix" }) end',
];

async function comparePings() {
  const { client, run } = await open();
  const pings = async () => {
    const times = [];
    for (let i = 0; i < PINGS; i++) {
      const started = performance.now();
      await client.ping();
      times.push(performance.now() - started);
    }
    return median(times);
  };
  await run('return 1', 10);
  const theirs = await pings();
  const beside = async (scripts) => {
    const noisy = scripts.map((code) => run(code, 20));
    await run('return 1', 10);
    const mine = await pings();
    await Promise.all(noisy);
    return { against: 'nothing else to do', mine, theirs };
  };
  const rows = [
    { figure: 'a ping while one script spins and one allocates (to be below 100 ms)', ...(await beside(SPINNING)) },
    { figure: 'a ping while one script searches the documentation and one makes calls (the same)', ...(await beside(ASKING)) },
  ];
  await client.close();
  return rows;
}
