import { isKosmoError } from '../../errors/index.ts';
import { argumentsWithout, checkArguments } from '../../schema/index.ts';
import { invalidArgumentsError } from './invalid-arguments.ts';
import type { ToolValidator } from './load-validator.ts';
import { splitOptions } from './options.ts';
import type { Call, Stage } from './stage.ts';
import { addSubject } from './subject.ts';

/** Splits the options off the arguments, converts and checks both. Throws `INVALID_ARGUMENTS` with every problem. */
export const validate: Stage = (call) => {
  const { run, target } = call;
  const known = run.validators.get(target.tool);
  if (known !== undefined) return validateWith(call, known);
  return target.provider.loadValidator(target.tool).then((validator) => {
    // A server that lists its tools again makes new descriptions of them.
    run.validators.set(target.tool, validator);
    return validateWith(call, validator);
  });
};

function validateWith(call: Call, { validator, check }: ToolValidator): undefined {
  const { provider, tool, path } = call.target;
  const args = call.rawArguments;
  if (isKosmoError(args)) throw invalidArgumentsError(path, [{ path: '', message: args.message }], provider);
  const { values, options, problems } = splitOptions(args);
  const checked = checkArguments(tool.input, validator, values);
  const usable = checked.ok ? checked.args : argumentsWithout(checked.problems, tool.input, values);
  // Before the warnings and problems of the arguments.
  if (checked.ok) addSubject(call, checked.args);
  const findings = usable === undefined ? undefined : check?.(usable);
  for (const warning of [...((checked.ok ? checked.warnings : undefined) ?? []), ...(findings?.warnings ?? [])]) call.warn(warning);
  const all = [...(checked.ok ? [] : checked.problems), ...problems, ...(findings?.problems ?? [])];
  if (!checked.ok || all.length > 0) throw invalidArgumentsError(path, all, provider);
  call.options = options;
  call.args = checked.args;
}
