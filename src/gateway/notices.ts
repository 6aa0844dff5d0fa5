import type { ServerContext } from '@modelcontextprotocol/server';
import type { CallProgress } from '../catalog/index.ts';
import type { CallEvent } from '../runtime/index.ts';

/** What is told to a client while its request is under way. */
export interface Notices {
  /** Passes on what happened to a call. */
  readonly tell: (event: CallEvent) => void;
  readonly stop: () => void;
}

/** How often a long call says that it goes on. */
const PROGRESS_EVERY_MS = 1000;

/** Begins to tell the client that `name` goes on, where it wants to hear that; where an MCP server says how far it is, that instead. */
export function startNotices(name: string, { mcpReq }: ServerContext): Notices {
  const { _meta, notify } = mcpReq;
  const progressToken = _meta?.progressToken;
  let seconds = 0;
  let last = 0;
  const report = (params: CallProgress): void => {
    if (progressToken === undefined || params.progress <= last) return;
    last = params.progress;
    notify({ method: 'notifications/progress', params: { progressToken, ...params } }).catch(ignore);
  };
  const goesOn = (): void => {
    seconds++;
    report({ progress: seconds, message: `${name} has been running for ${seconds} s` });
  };
  const timer = progressToken === undefined ? undefined : setInterval(goesOn, PROGRESS_EVERY_MS);
  return {
    tell(event) {
      if (event.event !== 'progress') return logCall(event, mcpReq);
      clearInterval(timer);
      const { progress, total, message } = event;
      // On top of what was told already: it must not go back.
      report({
        progress: seconds + progress,
        ...(total === undefined ? {} : { total: seconds + total }),
        ...(message === undefined ? {} : { message }),
      });
    },
    stop: () => clearInterval(timer),
  };
}

// A client that has gone learns nothing, and the call ends by its signal.
const ignore = (): void => undefined;

/** Tells of a call that has ended, and of warnings. The level from which on a client hears of it is its own choice. */
export function logCall(event: CallEvent, { log }: ServerContext['mcpReq']): void {
  const name = event.function.replace(/^app\.(?:integrations\.)?/, '');
  if (event.event === 'warning') log('warning', { message: `${name}: ${event.message}`, function: name }, 'kosmo').catch(ignore);
  if (event.event !== 'call_ended') return;
  const { account, operation, outcome, durationMs: duration_ms, code, error } = event;
  const prefix = `${event.function}: `;
  const reason = error?.startsWith(prefix) === true ? error.slice(prefix.length) : error;
  const message = error === undefined ? `${name} succeeded` : `${name} failed: ${reason}`;
  const data = { message, function: name, account, operation, outcome, duration_ms, ...(code === undefined ? {} : { code }) };
  log(error === undefined ? 'info' : 'warning', data, 'kosmo').catch(ignore);
}
