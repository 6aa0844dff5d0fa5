import { type CallSubject, type Decision, isStricter, type Rule } from './decide.ts';

/** The name of a function as the command line knows it: `agora.start_recording`, `mcp.github.create_issue`. */
export function functionName({ provider, name }: Pick<CallSubject, 'provider' | 'name'>): string {
  return `${provider.path}.${name}`;
}

/** A rule that speaks of a call, and what became of it. */
export interface ExplainedRule extends Rule {
  /** `ignored`: of a project, which cannot loosen what the user's files say. `overruled`: made stricter by the project. */
  readonly effect: 'decides' | 'agrees' | 'ignored' | 'overruled';
}

/** Every rule that speaks of a call, the one that decided first. */
export function explainDecision({ rule, own, project }: Decision): readonly ExplainedRule[] {
  const others = [own, ...project].filter((candidate) => candidate !== rule);
  return [
    { ...rule, effect: 'decides' },
    ...others.map((other): ExplainedRule => {
      if (!isStricter(rule, other)) return { ...other, effect: 'agrees' };
      return { ...other, effect: isStricter(own, other) ? 'ignored' : 'overruled' };
    }),
  ];
}

/** What to run or edit so that such a call is allowed from now on: every step of it. */
export function changesToAllow(subject: CallSubject, { own, project }: Decision): readonly string[] {
  const inTheWay = [own, ...project].filter(({ level }) => level !== 'allow');
  return inTheWay.map((rule) => (rule.scope === 'project' ? edit(rule) : changeOwn(subject, rule)));
}

// The command writes the level of an operation; a rule that is more specific stays, and would still win.
function changeOwn({ provider: { settingsPath, configureCommand }, operation }: CallSubject, rule: Rule): string {
  const key = `kosmo.${settingsPath.join('.')}.permissions.${operation}`;
  if (rule.scope !== 'built-in' && rule.key !== `kosmo.${settingsPath[0]}.permissions_default` && rule.key !== key) return edit(rule);
  return `kosmo ${configureCommand} --${operation}=allow`;
}

function edit({ key, file }: Rule): string {
  return `set ${key}: allow in ${file}`;
}
