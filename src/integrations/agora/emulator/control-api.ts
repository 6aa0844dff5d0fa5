import type { IncomingMessage } from 'node:http';
import { isFields } from './checks.ts';
import type { EmulatorClock } from './clock.ts';
import { type Faults, parseFault, readFault } from './faults.ts';
import type { PageState } from './page.ts';
import { isForm, readForm, readJson } from './request.ts';
import { type EmulatorResponse, gatewayFailure, ok, RequestRefused } from './response.ts';
import type { SeenRequests } from './seen-requests.ts';
import type { Service } from './service.ts';

/** A path that Agora does not have. */
export const CONTROL_PATH = '/_emulator/';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\]|::1|::ffff:127(\.\d{1,3}){3})$/i;
const HELP =
  'there are GET, POST and DELETE /_emulator/faults, POST /_emulator/clock, GET /_emulator/state, GET /_emulator/requests and GET /_emulator/recordings/<sid>/files';
/** A leap of a year is enough for every time of Agora's. */
const MAX_SECONDS = 366 * 86_400;
/** Where a form of the page leads: back to it. */
const BACK_TO_PAGE: EmulatorResponse = { status: 303, body: {}, location: '/' };

/** The parts of the emulator that the control endpoints and the page read and change. */
export interface Controlled {
  readonly faults: Faults;
  readonly service: Service;
  readonly clock: EmulatorClock;
  readonly requests: SeenRequests;
}

/**
 * Answers the control endpoints; `refuseStrangers` comes before it. POST takes JSON, or a form of the page.
 */
export async function handleControlRequest(request: IncomingMessage, path: string, controlled: Controlled): Promise<EmulatorResponse> {
  const { faults, service, clock, requests } = controlled;
  const listed = (): EmulatorResponse => (isForm(request) ? BACK_TO_PAGE : ok({ faults: faults.list() }));
  const [, sid] = /^\/_emulator\/recordings\/([^/]+)\/files$/.exec(path) ?? [];
  const files = sid === undefined ? undefined : service.files(sid);
  if (sid !== undefined && request.method === 'GET')
    return files === undefined ? gatewayFailure(404, 'no recording has this sid') : ok({ files });
  switch (`${request.method} ${path}`) {
    case 'GET /_emulator/state': {
      const { now, recordings } = viewState(controlled);
      return ok({ now, faults: faults.list(), recordings });
    }
    case 'GET /_emulator/requests':
      return ok({ requests: requests.list() });
    case 'GET /_emulator/faults':
      return listed();
    case 'DELETE /_emulator/faults':
      faults.clear();
      return listed();
    case 'POST /_emulator/faults':
      await changeFaults(request, faults);
      return listed();
    case 'POST /_emulator/clock':
      clock.advance((await readSeconds(request)) * 1000);
      return isForm(request) ? BACK_TO_PAGE : ok({ now: clock.now() });
    default:
      return gatewayFailure(404, HELP);
  }
}

/** The data of the page, without secrets. */
export function viewState({ clock, service, faults, requests }: Controlled): PageState {
  const recordings = hideSecrets(service.recordings()) as PageState['recordings'];
  return { now: clock.now(), recordings, faults: faults.list(), requests: requests.list() };
}

/**
 * Why a request to the control endpoints or the page is refused; undefined where it is not. They ask for no credentials, so they answer
 * the users of this machine alone: not on an emulator that listens elsewhere, not under another host name, not to another web site.
 */
export function refuseStrangers({ headers }: IncomingMessage, listensOn: string): EmulatorResponse | undefined {
  if (!LOOPBACK.test(listensOn)) {
    return gatewayFailure(
      403,
      'the control endpoints answer only on an emulator that listens on a loopback address, such as 127.0.0.1; give faults with --fault',
    );
  }
  // A name that leads to this machine is a web page's way in (DNS rebinding).
  const host = (headers.host ?? '').replace(/:\d+$/, '');
  if (!LOOPBACK.test(host)) return gatewayFailure(403, `the control endpoints answer to localhost and 127.0.0.1, not to '${host}'`);
  const isOwn = headers.origin === undefined || headers.origin === `http://${headers.host}`;
  const isForeign = headers['sec-fetch-site'] === 'cross-site' || headers['sec-fetch-site'] === 'same-site';
  return isOwn && !isForeign ? undefined : gatewayFailure(403, 'the control endpoints do not answer to other web pages');
}

// All are read before one counts.
async function changeFaults(request: IncomingMessage, faults: Faults): Promise<void> {
  if (!isForm(request)) {
    const given = await readJson(request);
    for (const fault of (Array.isArray(given) ? given : [given]).map((each) => orRefuse(() => readFault(each)))) faults.add(fault);
    return;
  }
  const form = await readForm(request);
  if (form.has('clear')) return faults.clear();
  const text = ['endpoint', 'kind', 'options'].map((name) => form.get(name)?.trim() ?? '').join(':');
  faults.add(orRefuse(() => parseFault(text.replace(/:$/, ''))));
}

async function readSeconds(request: IncomingMessage): Promise<number> {
  const given = isForm(request) ? { seconds: Number((await readForm(request)).get('seconds')) } : await readJson(request);
  const seconds = isFields(given) ? given.seconds : undefined;
  if (typeof seconds === 'number' && seconds > 0 && seconds <= MAX_SECONDS) return seconds;
  throw new RequestRefused(gatewayFailure(400, `seconds must be a number above 0, at most ${MAX_SECONDS}`));
}

function orRefuse<Value>(read: () => Value): Value {
  try {
    return read();
  } catch (thrown) {
    throw new RequestRefused(gatewayFailure(400, (thrown as Error).message));
  }
}

// The path of a pushed stream is its key, and the query of an image's address can be a signature.
function hideSecrets(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/^(\w+:\/\/[^/?#]*).*$/s, '$1/…');
  if (Array.isArray(value)) return value.map(hideSecrets);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, hideSecrets(inner)]));
}
