import type { Account } from '../../credentials/index.ts';
import { accountFlag } from '../calls/require-active.ts';
import type { AvailableIntegration } from '../integrations.ts';
import type { Diagnosis } from './diagnosis.ts';

/** Commands to run next: one that fixes the first finding, then one that shows whether it did. */
export function nextCommands(
  { entry: { id, credentials, tools }, disabled }: AvailableIntegration,
  accounts: readonly Account[],
  { problems, live }: Pick<Diagnosis, 'problems' | 'live'>,
): readonly string[] {
  const main = accounts[0] as Account;
  const doctor = `kosmo integrations:doctor ${id}`;
  if (main.missing.length > 0)
    return [`kosmo integrations:fields ${id}${accountFlag(main.name)} --json`, configureCommand(id, main, main.missing)];
  if (disabled !== undefined)
    return [`kosmo integrations:configure ${id} --enable${disabled.from === 'project' ? ' --project' : ''} --json`];

  const named = (name: string | null): Account => accounts.find((account) => account.name === name) ?? main;
  const [problem] = problems;
  if (problem !== undefined) {
    const account = named(problem.account);
    const wrong = typeof problem.field === 'string' ? [problem.field] : account.missing;
    // For any other problem the user follows its hint.
    return [...setCommands(id, account, wrong), `${doctor}${problem.account === null ? '' : accountFlag(account.name)}`];
  }

  const failed = live?.find(({ success }) => !success);
  if (failed !== undefined) {
    const account = named(failed.account);
    const isRejected = failed.error_detail?.code === 'CREDENTIALS_REJECTED';
    const suspects = credentials.filter(({ name, required, notVerifiedByProbe: unproven, isEndpoint: target }) =>
      isRejected ? required && unproven !== true : target === true && account.isSet(name),
    );
    const names = suspects.map(({ name }) => name);
    return [...setCommands(id, account, names), `${doctor}${accountFlag(account.name)} --live`];
  }
  const [first] = tools;
  const learn = first === undefined ? [] : [`kosmo integrations:docs ${id}.${first.name}`];
  return live === null || live.length === 0 ? [`${doctor}${accountFlag(main.name)} --live`, ...learn] : learn;
}

// A variable of the environment wins over configured values, so it is the variable that must change.
function setCommands(id: string, account: Account, fields: readonly string[]): readonly string[] {
  const variables = fields.flatMap((field) => {
    const origin = account.origins[field];
    return origin?.from === 'environment' ? [`${origin.variable}=...`] : [];
  });
  const others = fields.filter((field) => account.origins[field]?.from !== 'environment');
  return [
    ...(variables.length === 0 ? [] : [`export ${variables.join(' ')}`]),
    ...(others.length === 0 ? [] : [configureCommand(id, account, others)]),
  ];
}

function configureCommand(id: string, { name }: Account, fields: readonly string[]): string {
  return `kosmo integrations:configure ${id}${accountFlag(name)}${fields.map((field) => ` --set ${field}=...`).join('')} --json`;
}
