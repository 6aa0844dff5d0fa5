import type { JsonValue } from '../../json/index.ts';

/** Which parameter of a tool goes into `clientRequest`, and under which name. */
export type WireNames = Readonly<Record<string, string>>;

type JsonObject = Readonly<Record<string, JsonValue>>;

/**
 * The body of a recording call: `{cname, uid, clientRequest}`. `clientRequest` is `client_request` with the tool's other
 * parameters over it, and `{}` when there is nothing.
 */
export function buildBody(args: JsonObject, wireNames: WireNames): JsonObject {
  return { cname: args.cname ?? '', uid: args.uid ?? '', clientRequest: buildClientRequest(args, wireNames) };
}

function buildClientRequest(args: JsonObject, wireNames: WireNames): JsonObject {
  const given = Object.entries(wireNames).flatMap(([parameter, wireName]) => {
    const value = args[parameter];
    return value === undefined ? [] : [[wireName, value] as const];
  });
  // Defines own properties, so a field named `__proto__` stays a field.
  return Object.fromEntries([...Object.entries((args.client_request ?? {}) as JsonObject), ...given]);
}
