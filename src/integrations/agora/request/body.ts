import type { JsonValue } from '../../../json/index.ts';
import type { FieldSchema } from './schema.ts';
import type { RequestShape } from './validate.ts';

type JsonObject = Readonly<Record<string, JsonValue>>;

/**
 * The body of a recording call: `{cname, uid, clientRequest}`. `clientRequest` is `client_request` with the tool's other
 * parameters over it, each field as Agora's schema types it, and `{}` when there is nothing.
 */
export function buildBody(args: JsonObject, { wireNames, schema }: RequestShape): JsonObject {
  return { cname: args.cname ?? '', uid: args.uid ?? '', clientRequest: toWire(schema, buildClientRequest(args, wireNames)) };
}

function buildClientRequest(args: JsonObject, wireNames: RequestShape['wireNames']): JsonObject {
  const given = Object.entries(wireNames).flatMap(([parameter, wireName]) => {
    const value = args[parameter];
    return value === undefined ? [] : [[wireName, value] as const];
  });
  // Defines own properties, so a field named `__proto__` stays a field.
  return Object.fromEntries([...Object.entries((args.client_request ?? {}) as JsonObject), ...given]);
}

/**
 * Converts as the parameters themselves are converted, at every depth: a whole number to the text of its digits where Agora wants text,
 * and an empty table to the list or the object that Agora wants.
 */
function toWire(schema: FieldSchema | undefined, value: JsonValue): JsonValue {
  if (typeof value === 'number') return schema?.type === 'string' && Number.isSafeInteger(value) ? String(value) : value;
  if (typeof value !== 'object' || value === null || schema === undefined) return value;
  if (schema.type === 'array' && Object.keys(value).length === 0) return [];
  if (schema.type === 'object' && Array.isArray(value) && value.length === 0) return {};
  if (Array.isArray(value)) return value.map((item) => toWire(schema.items, item));
  const { fields = {} } = schema;
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [name, toWire(Object.hasOwn(fields, name) ? fields[name] : undefined, field)]),
  );
}
