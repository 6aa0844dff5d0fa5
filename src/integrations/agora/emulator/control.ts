import type { IncomingMessage } from 'node:http';
import { type Answer, AnswerError, gatewayFailure, ok } from './answer.ts';
import type { EmulatorClock } from './clock.ts';
import { type Faults, readFault } from './faults.ts';
import { readJson } from './request.ts';
import type { Service } from './service.ts';

/** A path that Agora does not have. */
export const CONTROL_PATH = '/_emulator/';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\]|::1|::ffff:127(\.\d{1,3}){3})$/i;
const HELP = 'there are GET, POST and DELETE /_emulator/faults, GET /_emulator/state and GET /_emulator/recordings/<sid>/files';

/**
 * What the control endpoints answer. They ask for no credentials, so they are refused where somebody else than this machine's users
 * could ask: on an emulator that listens elsewhere, under another host name, and to a web page (which sends an Origin).
 */
export async function control(
  request: IncomingMessage,
  path: string,
  listensOn: string,
  { faults, service, clock }: { readonly faults: Faults; readonly service: Service; readonly clock: EmulatorClock },
): Promise<Answer> {
  const problem = refusal(request, listensOn);
  if (problem !== undefined) return gatewayFailure(403, problem);
  const listed = (): Answer => ok({ faults: faults.list() });
  const [, sid] = /^\/_emulator\/recordings\/([^/]+)\/files$/.exec(path) ?? [];
  const files = sid === undefined ? undefined : service.files(sid);
  if (sid !== undefined && request.method === 'GET')
    return files === undefined ? gatewayFailure(404, 'no recording has this sid') : ok({ files });
  switch (`${request.method} ${path}`) {
    case 'GET /_emulator/state':
      return ok({ now: clock.now(), faults: faults.list(), recordings: hideSecrets(service.recordings()) });
    case 'GET /_emulator/faults':
      return listed();
    case 'DELETE /_emulator/faults':
      faults.clear();
      return listed();
    case 'POST /_emulator/faults': {
      const given = await readJson(request);
      // All are read before one counts.
      for (const fault of (Array.isArray(given) ? given : [given]).map(readOrRefuse)) faults.add(fault);
      return listed();
    }
    default:
      return gatewayFailure(404, HELP);
  }
}

function refusal({ headers }: IncomingMessage, listensOn: string): string | undefined {
  if (!LOOPBACK.test(listensOn)) {
    return 'the control endpoints answer only on an emulator that listens on a loopback address, such as 127.0.0.1; give faults with --fault';
  }
  // A name that somebody points at this machine is a web page's way in (DNS rebinding).
  const host = (headers.host ?? '').replace(/:\d+$/, '');
  if (!LOOPBACK.test(host)) return `the control endpoints answer to localhost and 127.0.0.1, not to '${host}'`;
  return headers.origin === undefined ? undefined : 'the control endpoints do not answer to web pages';
}

function readOrRefuse(value: unknown): ReturnType<typeof readFault> {
  try {
    return readFault(value);
  } catch (thrown) {
    throw new AnswerError(gatewayFailure(400, (thrown as Error).message));
  }
}

// The path of a pushed stream is its key, and the query of an image's address can be a signature.
function hideSecrets(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/^(\w+:\/\/[^/?#]*).*$/s, '$1/…');
  if (Array.isArray(value)) return value.map(hideSecrets);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, hideSecrets(inner)]));
}
