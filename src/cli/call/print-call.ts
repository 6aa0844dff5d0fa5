import type { JsonValue } from '../../json/index.ts';
import type { CallReport } from '../../runtime/index.ts';
import { printError, printNote, printValue } from '../terminal/output.ts';

const VERDICT = {
  allow: 'the policy allows this call',
  ask: 'the policy asks before this call',
  refuse: 'the policy refuses this call',
} as const;

/** How a call ended, for people: the data, or the request of a dry run, on stdout; the rest on stderr. */
export function printCall(
  { function: name, data, error_detail: detail, meta }: CallReport,
  printData: (data: JsonValue) => void = printValue,
): void {
  const { request, policy, dry_run: isDry, warnings } = meta;
  if (request !== null) {
    const headers = Object.entries(request.headers).map(([field, value]) => `${field}: ${value}`);
    const body = request.body === null ? [] : ['', JSON.stringify(request.body, null, 2)];
    printValue([`${request.method} ${request.url}`, ...headers, ...body].join('\n'));
  }
  for (const warning of warnings) printNote(`warning: ${name}: ${warning}`);
  if (isDry) printNote(`note: a dry run: nothing was sent${policy === null ? '' : `; ${VERDICT[policy]}`}`);
  if (detail !== null) printError(detail);
  else if (!isDry) printData(data);
}
