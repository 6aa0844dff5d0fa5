import { isObject, type JsonValue } from '../json/index.ts';
import type { EffectiveSchema } from './effective.ts';
import { formatPath, shorten, type ValuePath } from './problem.ts';
import { suggest } from './suggest.ts';

interface Misspelt {
  readonly at: ValuePath;
  readonly sentence: string;
}

/** Names that a schema does not list, although it allows them, and that are close to one that it lists and the value does not have. */
export function findMisspelt(schema: EffectiveSchema, value: JsonValue, at: ValuePath): readonly Misspelt[] {
  if (Array.isArray(value)) {
    return (value as readonly JsonValue[]).flatMap((item, index) =>
      schema.branches.length === 1 ? inside(schema.branches[0]?.item(index), item, [...at, index]) : [],
    );
  }
  if (!isObject(value)) return [];
  const branches = schema.branches.filter(({ type }) => type === undefined || type === 'object');
  const names = branches.flatMap((branch) => branch.propertyNames()).filter((name) => !Object.hasOwn(value, name));
  return Object.entries(value).flatMap(([name, field]): readonly Misspelt[] => {
    const place = [...at, name];
    if (branches.length === 0 || !branches.every((branch) => branch.isUnlisted(name)))
      return branches.length === 1 ? inside(branches[0]?.property(name), field, place) : [];
    const [close] = suggest(name, names, 1);
    const what = at.length === 0 ? `parameter '${shorten(name)}'` : `field '${shorten(name)}' in ${formatPath(at)}`;
    return close === undefined ? [] : [{ at: place, sentence: `there is no ${what}; did you mean ${shorten(close)}?` }];
  });
}

function inside(schema: EffectiveSchema | undefined, value: JsonValue, at: ValuePath): readonly Misspelt[] {
  return schema === undefined ? [] : findMisspelt(schema, value, at);
}
