import type { Endpoint, PathParameters } from './service.ts';

export interface Route {
  readonly method: 'GET' | 'POST';
  readonly endpoint: Endpoint | 'ncs';
  readonly parameters: PathParameters;
}

/** Before every path, for acceleration between regions (zh `rest-availability.mdx`; `na` as the official Python client sends it). */
const REGION = '(?:/(?:cn|eu|ap|us|na))?';
const APP = '/v1/apps/{appid}/cloud_recording';
const SESSION = `${APP}/resourceid/{resourceid}/sid/{sid}/mode/{mode}`;

const TEMPLATES: readonly { readonly method: Route['method']; readonly template: string; readonly endpoint: Route['endpoint'] }[] = [
  { method: 'POST', template: `${APP}/acquire`, endpoint: 'acquire' },
  { method: 'POST', template: `${APP}/resourceid/{resourceid}/mode/{mode}/start`, endpoint: 'start' },
  { method: 'GET', template: `${SESSION}/query`, endpoint: 'query' },
  { method: 'POST', template: `${SESSION}/update`, endpoint: 'update' },
  { method: 'POST', template: `${SESSION}/updateLayout`, endpoint: 'updateLayout' },
  { method: 'POST', template: `${SESSION}/stop`, endpoint: 'stop' },
  // EN has v1, zh v2.
  { method: 'GET', template: '/v1/ncs/ip', endpoint: 'ncs' },
  { method: 'GET', template: '/v2/ncs/ip', endpoint: 'ncs' },
];

const ROUTES = TEMPLATES.map(({ template, ...route }) => ({
  ...route,
  pattern: new RegExp(`^${REGION}${template.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`),
}));

/** The endpoint of a request, or undefined where Agora has no such route. */
export function findRoute(method: string, path: string): Route | undefined {
  for (const { pattern, ...route } of ROUTES) {
    const found = route.method === method ? pattern.exec(path) : null;
    if (found !== null) return { ...route, parameters: decodeAll(found.groups ?? {}) };
  }
  return undefined;
}

function decodeAll(parts: Readonly<Record<string, string>>): PathParameters {
  return Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, decodePart(part)]));
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
