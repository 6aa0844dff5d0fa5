import type { Stage } from './stage.ts';

/** Refuses a function that is not offered here. */
export const restrict: Stage = ({ run, target: { provider, tool } }) => {
  const refusal = run.policy.restrict?.({ provider, name: tool.name, operation: tool.operation });
  if (refusal !== undefined) throw refusal;
};
