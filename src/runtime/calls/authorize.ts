import type { Stage } from './stage.ts';
import { policySubject } from './target.ts';

/** Asks the policy, and the user where the policy says so. */
export const authorize: Stage = async (call) => {
  const { run, target, args, signal } = call;
  const authorization = await run.authorize({ ...policySubject(target), args }, run.policy, signal);
  run.observer.allowed?.(call, authorization);
  call.authorization = authorization;
};
