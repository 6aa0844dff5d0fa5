import { isSecretName } from '../../errors/index.ts';
import { isObject, type JsonObject, type JsonValue } from '../../json/index.ts';
import { formatPath, type JsonSchema, type ValuePath } from '../../schema/index.ts';
import type { WorkflowDeclaration } from './declaration.ts';

/** Longest example value that a placeholder shows. */
const MAX_EXAMPLE = 60;

/** Where an input still has placeholders such as `<fill in: Channel to record>`, as paths. */
export function findPlaceholders(input: JsonValue): readonly ValuePath[] {
  if (typeof input === 'string') return input.startsWith('<fill in:') && input.endsWith('>') ? [[]] : [];
  if (Array.isArray(input))
    return (input as readonly JsonValue[]).flatMap((item, index) => findPlaceholders(item).map((path) => [index, ...path]));
  if (!isObject(input)) return [];
  return Object.entries(input).flatMap(([name, value]) => findPlaceholders(value).map((path) => [name, ...path]));
}

/**
 * An input to fill in: defaults as they are, a placeholder for each required value, and no optional field. A list has one item. The example
 * gives the form of objects without declared fields, and examples of values that are not secret.
 */
export function inputTemplate({ input, secrets }: WorkflowDeclaration, example: JsonValue): JsonObject {
  const isSecret = (path: ValuePath): boolean =>
    secrets.some((secret) => secret.length === path.length && secret.every((part, index) => part === path[index]));
  const fill = (schema: JsonSchema, value: JsonValue | undefined, path: ValuePath, hidesExample = false): JsonValue => {
    const { default: otherwise, properties, items, required = [], type } = schema;
    if (otherwise !== undefined && otherwise !== null) return otherwise;
    const last = path.at(-1);
    // The names inside a secret object tell which of its values are secret; a secret text is.
    const isHidden = hidesExample || (isSecret(path) && type !== 'object') || (typeof last === 'string' && isSecretName(last));
    const given = isObject(value) ? value : undefined;
    if (properties !== undefined)
      return Object.fromEntries(
        Object.entries(properties)
          .filter(([name, property]) => required.includes(name) || (property.default ?? null) !== null)
          .map(([name, property]) => [name, fill(property, given?.[name], [...path, name], isHidden)]),
      );
    if (given !== undefined)
      return Object.fromEntries(Object.entries(given).map(([name, item]) => [name, fill({}, item, [...path, name], isHidden)]));
    if (Array.isArray(value) || type === 'array') {
      const [first] = Array.isArray(value) ? (value as readonly JsonValue[]) : [];
      return [fill(items ?? {}, first, [...path, 0], isHidden)];
    }
    const what = schema.description?.replace(/\.$/, '') ?? formatPath(path.filter((part) => typeof part === 'string'));
    const shown = value === undefined || isHidden ? '' : JSON.stringify(value);
    return `<fill in: ${what}${shown === '' || shown.length > MAX_EXAMPLE ? '' : `, for example ${shown.replaceAll('"', '')}`}>`;
  };
  return fill(input, example, []) as JsonObject;
}
