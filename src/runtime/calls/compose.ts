import type { CallContext } from '../../integration/index.ts';
import type { JsonValue } from '../../json/index.ts';
import type { Stage } from './stage.ts';

/** Runs a tool that is made of others: each of its calls goes through the stages, and the call itself is done. */
export const compose: Stage = (call) => {
  const { run, target, options, args, signal } = call;
  const { provider, tool, path } = target;
  if (tool.usesTools === undefined) return undefined;
  // Its own cap counts the calls that the script makes; those that it makes itself are counted in `cap`.
  run.caps?.take(target);
  const makeCall: CallContext['call'] = async (name, more) => {
    const other = provider.tools.find((candidate) => candidate.name === name);
    // Rules and `--allow` speak of the tools that are listed.
    if (other === undefined || !tool.usesTools?.includes(name)) throw new Error(`no tool ${name} to compose ${tool.name} of`);
    const inner = { ...target, tool: other, path: path.replace(/[^.]+$/, name), via: tool.name };
    const live = (): Promise<JsonValue> => run.makeCall(inner, [more], signal);
    // What a composed read asks is asked again after a crash.
    return run.journal === undefined || tool.operation === 'read' ? live() : run.journal.inner(inner, [more], signal, live);
  };
  const context: CallContext = { ...options, signal, warn: () => undefined, call: makeCall };
  return provider
    .loadTool(tool)
    .then((implementation) => implementation.run(args, undefined, context))
    .then((result) => {
      call.result = result;
      return 'done';
    });
};
