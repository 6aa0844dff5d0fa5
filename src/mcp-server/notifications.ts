import type { LoggingLevel, ServerContext } from '@modelcontextprotocol/server';
import type { CallProgress } from '../integration/index.ts';
import type { CallEvent } from '../runtime/index.ts';
import type { ToolEvent } from './gateway-tool.ts';
import { replaceLoneSurrogates } from './replace-lone-surrogates.ts';

/** What is told to a client while its request is under way. */
export interface ProgressNotifier {
  /** Passes on what happened to a call. */
  readonly tell: (event: ToolEvent) => void;
  /** Tells the rest, and nothing more. */
  readonly stop: () => void;
}

/** How often a long call says that it goes on. */
const PROGRESS_EVERY_MS = 1000;

/** A script can make calls faster than a client reads of them, and what waits for it would fill the memory. */
const MAX_MESSAGES_PER_SECOND = 100;

type Request = ServerContext['mcpReq'];

/** Begins to tell the client that `name` goes on, where it wants to hear that; where an MCP server says how far it is, that instead. */
export function startProgress(name: string, { mcpReq }: ServerContext): ProgressNotifier {
  const progressToken = mcpReq._meta?.progressToken;
  const tryAcquire = limitRate();
  let skipped = 0;
  let seconds = 0;
  // A server may begin with 0.
  let last = Number.NEGATIVE_INFINITY;

  const report = (params: CallProgress): void => {
    if (progressToken === undefined || params.progress <= last) return;
    last = params.progress;
    mcpReq.notify({ method: 'notifications/progress', params: { progressToken, ...replaceLoneSurrogates(params) } }).catch(ignore);
  };
  const timer = setInterval(() => {
    seconds++;
    report({ progress: seconds, message: `${name} has been running for ${seconds} s` });
  }, PROGRESS_EVERY_MS);

  const tellSkipped = (): void => {
    if (skipped > 0) log(mcpReq, 'info', { message: `${skipped} further messages were left out`, skipped });
    skipped = 0;
  };

  return {
    tell(event) {
      if (event.event === 'call_started') return;
      if (!tryAcquire()) {
        if (event.event !== 'progress') skipped++;
        return;
      }
      if (event.event === 'log') {
        // Progress increases with each message, and stays below the next whole second of the timer.
        report({ progress: Math.max(seconds, last) + 0.001, message: event.text });
        return;
      }
      if (event.event !== 'progress') {
        tellSkipped();
        logCall(event, mcpReq);
        return;
      }
      clearInterval(timer);
      const { progress, total, message } = event;
      // On top of what was told already: it must not go back.
      report({
        progress: seconds + progress,
        ...(total === undefined ? {} : { total: seconds + total }),
        ...(message === undefined ? {} : { message }),
      });
    },
    stop() {
      clearInterval(timer);
      tellSkipped();
    },
  };
}

/** Tells of a call that has ended, and of warnings. The level from which on a client hears of it is its own choice. */
export function logCall(event: CallEvent, mcpReq: Request): void {
  const name = event.function.replace(/^app\.(?:integrations\.)?/, '');
  if (event.event === 'warning') {
    const { event: _kind, id: _id, message, ...about } = event;
    log(mcpReq, 'warning', { ...about, message: `${name}: ${message}${subjectText(event)}`, function: name });
  }
  if (event.event !== 'call_ended') return;
  const { account, operation, outcome, durationMs: duration_ms, code, error } = event;
  const prefix = `${event.function}: `;
  const reason = error?.startsWith(prefix) === true ? error.slice(prefix.length) : error;
  const message = error === undefined ? `${name} succeeded` : `${name} failed: ${reason}${subjectText(event)}`;
  const data = { message, function: name, account, operation, outcome, duration_ms, ...(code === undefined ? {} : { code }) };
  log(mcpReq, error === undefined ? 'info' : 'warning', data);
}

// Of many calls of one function it says which one.
function subjectText({ cname, sid }: { readonly cname?: string; readonly sid?: string }): string {
  const known = Object.entries({ cname, sid }).flatMap(([key, value]) => (value === undefined ? [] : [`${key} ${value}`]));
  return known.length === 0 ? '' : ` (${known.join(', ')})`;
}

function log(mcpReq: Request, level: LoggingLevel, data: Readonly<Record<string, unknown>>): void {
  mcpReq.log(level, replaceLoneSurrogates(data), 'kosmo').catch(ignore);
}

// A client that has gone learns nothing, and the call ends by its signal.
const ignore = (): void => undefined;

/** Returns a function that says whether one more message may be sent in this second. */
export function limitRate(): () => boolean {
  let second = 0;
  let count = 0;
  return () => {
    const now = Math.floor(performance.now() / 1000);
    count = now === second ? count + 1 : 1;
    second = now;
    return count <= MAX_MESSAGES_PER_SECOND;
  };
}
