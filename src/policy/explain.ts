import { type CallSubject, type Decision, isStricter, type Rule } from './decide.ts';

/** Returns the name of a function on the command line: `agora.start_recording`, `mcp.github.create_issue`. */
export function functionName({ provider, name }: Pick<CallSubject, 'provider' | 'name'>): string {
  return `${provider.path}.${name}`;
}

/** A rule that applies to a call, and its effect. */
export interface ExplainedRule extends Rule {
  /** `ignored`: a rule of a project that would loosen. `overruled`: a rule that the project tightens. */
  readonly effect: 'decides' | 'agrees' | 'ignored' | 'overruled';
}

/** Returns every rule that applies to a call, the decisive one first. */
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

/** Returns the commands and edits that allow such a call permanently. */
export function changesToAllow(subject: CallSubject, { own, project }: Decision): readonly string[] {
  const inTheWay = [own, ...project].filter(({ level }) => level !== 'allow');
  return inTheWay.map((rule) => (rule.scope === 'project' ? edit(rule) : changeOwn(subject, rule)));
}

// The command sets the permission of an operation. A more specific rule would still win, so it must be edited.
function changeOwn({ provider: { settingsPath, configureCommand }, operation }: CallSubject, rule: Rule): string {
  const key = `kosmo.${settingsPath.join('.')}.permissions.${operation}`;
  if (rule.scope !== 'built-in' && rule.key !== `kosmo.${settingsPath[0]}.permissions_default` && rule.key !== key) return edit(rule);
  return `kosmo ${configureCommand} --${operation}=allow`;
}

function edit({ key, file }: Rule): string {
  return `set ${key}: allow in ${file}`;
}
