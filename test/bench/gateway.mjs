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
    {
      figure: 'a ping while one script spins and one allocates (to be below 100 ms)',
      against: 'nothing else to do',
      ...(await comparePings()),
    },
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
  const noisy = [run('while true do end', 20), run('while true do local t = {} for i = 1, 1e5 do t[i] = {} end end', 20)];
  await run('return 1', 10);
  const mine = await pings();
  await Promise.all(noisy);
  await client.close();
  return { mine, theirs };
}
