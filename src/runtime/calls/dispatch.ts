import { type Account, describeOrigin } from '../../credentials/index.ts';
import { KosmoError, toKosmoError } from '../../errors/index.ts';
import { type CallContext, variableName } from '../../integration/index.ts';
import type { Connection } from './provider.ts';
import type { Call, Stage } from './stage.ts';
import { addSubject } from './subject.ts';

/** Sends an authorized call through the connection of its account. */
export const dispatch: Stage = async (call) => {
  const { run, target, authorization } = call;
  if (authorization === undefined) throw new Error('a call is not sent without an authorization');
  const { provider, tool, account } = target;
  const { client } = await run.connections.open(target).catch((thrown: unknown): Connection => {
    throw account === null ? thrown : withFieldOrigin(toKosmoError(thrown), provider.id, account);
  });
  const implementation = await provider.loadTool(tool);
  call.result = await implementation.run(authorization.request.args, client, contextOf(call));
  addSubject(call, call.result);
};

function contextOf(call: Call): CallContext {
  const { options, signal, warn, facts } = call;
  const { observer, elicit, relay } = call.run;
  return {
    ...options,
    signal,
    warn,
    ...(call.isRepeated === true ? { repeated: true } : {}),
    ...(observer.progress === undefined ? {} : { progress: (progress) => observer.progress?.(call, progress) }),
    ...(elicit === undefined ? {} : { elicit }),
    ...(relay === undefined ? {} : { relay }),
    observe: (more) => void Object.assign(facts, more),
    trackOpenResource: (resource) => observer.opened?.(call, resource),
    releaseOpenResource: (id) => observer.closed?.(call, id),
  };
}

// An integration knows its fields; where they come from is known here.
function withFieldOrigin(error: KosmoError, id: string, { name, origins }: Account): KosmoError {
  const { code, message, hint, details } = error;
  if (typeof details.field !== 'string') return error;
  const origin = origins[details.field];
  const source = `it is read from ${origin === undefined ? variableName(id, name, details.field) : describeOrigin(origin)}`;
  return new KosmoError(code, message, { hint: hint === undefined ? source : `${hint}; ${source}`, details, cause: error });
}
