import type { Stage } from './stage.ts';

/** Refuses a function that is not offered here, or that the workflow does not declare. */
export const restrict: Stage = ({ run, target }) => {
  const { provider, tool } = target;
  const refusal = run.policy.restrict?.({ provider, name: tool.name, operation: tool.operation }) ?? run.caps?.refusal(target);
  if (refusal !== undefined) throw refusal;
};
