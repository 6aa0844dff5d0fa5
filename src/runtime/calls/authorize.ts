import type { Stage } from './stage.ts';

/** Asks the policy, and the user where the policy says so. */
export const authorize: Stage = async (call) => {
  const { run, target, args, signal } = call;
  const { provider, tool, account, via } = target;
  const { name, slug, alias = slug, operation } = tool;
  const authorization = await run.authorize(
    {
      provider,
      name,
      alias,
      operation,
      account: account?.name ?? null,
      args,
      ...(via === undefined ? {} : { via }),
    },
    run.policy,
    signal,
  );
  run.observer.allowed?.(call, authorization);
  call.authorization = authorization;
};
