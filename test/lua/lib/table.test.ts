import fc from 'fast-check';
import { expect, it } from 'vitest';
import { valuesOf } from '../../helpers/run-lua.ts';

/** Keys of every kind that has a literal; few, so that they meet again, and more than a table finds without an index. */
const KEYS = ['1', '2', '3', '4.0', '5', '0', '-1', '1.5', '2^40', 'true', 'false', '"a"', '"b"', '"1"', '"long name of a field"', '""'];

/** Sets a key to a number, or takes it out. */
const step = fc.record({ key: fc.integer({ min: 0, max: KEYS.length - 1 }), value: fc.option(fc.integer({ min: 0, max: 99 })) });

const NOTE = 'local function note(t) for k, v in pairs(t) do seen[#seen + 1] = tostring(k) .. type(k) .. "=" .. v end end';

// The scripts of a run are one script: each starts the engine.
it('walks the items from 1 on, then the other keys in the order in which they came, however many come and go', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(step, { maxLength: 40 }), { minLength: 20, maxLength: 20 }), async (tables) => {
      const code = tables.map((steps) => {
        const sets = steps.map(({ key, value }) => `t[${KEYS[key]}] = ${value ?? 'nil'}`);
        const reads = KEYS.map((key) => `seen[#seen + 1] = tostring(t[${key}])`);
        return ['do local t = {}', ...sets, 'note(t)', ...reads, 'end'].join(' ');
      });
      const [seen] = (await valuesOf(`seen = {} ${NOTE} ${code.join('\n')} return seen`)) ?? [];
      expect(seen).toEqual(tables.flatMap(expectedOf));
    }),
    { numRuns: 10 },
  );
});

function expectedOf(steps: readonly { key: number; value: number | null }[]): string[] {
  const kept = new Map<number, number>();
  for (const { key, value } of steps) {
    if (value === null) kept.delete(key);
    else kept.set(key, value);
  }
  const shown = (key: number): string => {
    const literal = KEYS[key] as string;
    if (literal.startsWith('"')) return `${literal.slice(1, -1)}string`;
    if (literal === 'true' || literal === 'false') return `${literal}boolean`;
    return `${literal === '2^40' ? 2 ** 40 : Number(literal)}number`;
  };
  let border = 0;
  while (kept.has(KEYS.indexOf(border === 3 ? '4.0' : String(border + 1)))) border++;
  const items = Array.from({ length: border }, (_, index) => index);
  const others = [...kept.keys()].filter((key) => key >= border);
  const walked = [...items, ...others].map((key): [number, number] => [key, kept.get(key) as number]);
  return [...walked.map(([key, value]) => `${shown(key)}=${value}`), ...KEYS.map((_, key) => String(kept.get(key) ?? 'nil'))];
}

it.each([3, 8, 9, 30])('lets a loop over %i fields take out each one that it is at', async (count) => {
  const code = `
    local t, visited = {}, {}
    for i = 1, ${count} do t["field" .. i] = i end
    for k, v in pairs(t) do
      visited[#visited + 1] = v
      t[k] = nil
      if v > 1 then t["field" .. (v - 1)] = nil end
    end
    return visited, next(t) == nil`;
  expect(await valuesOf(code)).toEqual([Array.from({ length: count }, (_, index) => index + 1), true]);
});

it('decodes objects that are alike, and that only begin like the one before', async () => {
  const objects = [
    '{"a":1,"b":2}',
    '{"a":3,"b":4}',
    '{"a":5,"c":6}',
    '{"a":7}',
    '{"a":null,"b":8}',
    '{"a":1,"b":2,"a":3}',
    '{"b":1,"b":null}',
  ];
  const [decoded] = (await valuesOf(`return json.decode([==[[${objects.join(',')}]]==])`)) ?? [];
  expect(decoded).toEqual([{ a: 1, b: 2 }, { a: 3, b: 4 }, { a: 5, c: 6 }, { a: 7 }, { b: 8 }, { a: 3, b: 2 }, {}]);
});
