import type { Operation, Provider } from '../integration/index.ts';
import { type JsonValue, valueAt } from '../json/index.ts';

/** What may happen with a call, the strictest first. */
export const PERMISSIONS = ['deny', 'ask', 'allow'] as const;

export type Permission = (typeof PERMISSIONS)[number];

/** One settings file as the policy sees it: the object under `kosmo:`. */
export interface PolicyLayer {
  readonly scope: 'user' | 'project';
  readonly file: string;
  readonly values: Readonly<Record<string, JsonValue>>;
  /** The line of a setting, from 1, where it is known. */
  readonly lineOf?: (setting: readonly string[]) => number | undefined;
}

/** What of a call its policy depends on. */
export interface CallSubject {
  readonly provider: Provider;
  /** `query_recording` */
  readonly name: string;
  /** How scripts write it, where that is another name: rules may, too. */
  readonly alias?: string;
  readonly operation: Operation;
  /** Null where there are none. */
  readonly account: string | null;
}

/** A line of a settings file, or (without a file) what holds where no file says otherwise. */
export interface Rule {
  readonly scope: 'built-in' | 'user' | 'project';
  readonly file: string | null;
  /** `kosmo.integrations.agora.permissions.write` */
  readonly key: string;
  readonly level: Permission;
}

/** What a policy says of one call, and why. */
export interface Decision {
  readonly level: Permission;
  /** The rule that decided: one of those below. */
  readonly rule: Rule;
  /** What the user's own files say, or what is built in. */
  readonly own: Rule;
  /** What the files of the project say. */
  readonly project: readonly Rule[];
}

const BUILT_IN: Readonly<Record<Operation, Permission>> = { read: 'allow', write: 'ask' };

/**
 * The level of a call. In the user's files the most specific rule wins; a project's files can only make it stricter, whatever they say.
 * Pure: the same layers and subject give the same answer, and nothing of the environment counts.
 */
export function decide(layers: readonly PolicyLayer[], subject: CallSubject): Decision {
  const { operation } = subject;
  const builtIn: Rule = { scope: 'built-in', file: null, key: operation, level: BUILT_IN[operation] };
  const rules = layers.flatMap((layer) => mostSpecificRule(layer, subject) ?? []);
  const own = rules.findLast(({ scope }) => scope === 'user') ?? builtIn;
  const project = rules.filter(({ scope }) => scope === 'project');
  const rule = project.reduce((strictest, candidate) => (isStricter(candidate, strictest) ? candidate : strictest), own);
  return { level: rule.level, rule, own, project };
}

/** The keys of rules that can decide a call, the most specific first, as paths below `kosmo`. */
export function ruleKeys({ provider, name, alias, operation, account }: CallSubject): readonly (readonly string[])[] {
  const permissions = [...provider.settingsPath, 'permissions'];
  const ofAccount = account === null ? [] : [[...permissions, 'accounts', account]];
  return [
    ...ofAccount.flatMap((keys) => [
      [...keys, 'functions', name],
      [...keys, operation],
    ]),
    [...permissions, 'functions', name],
    ...(alias === undefined ? [] : [[...permissions, 'functions', alias]]),
    [...permissions, operation],
    [provider.settingsPath[0], 'permissions_default'],
  ];
}

function mostSpecificRule({ scope, file, values }: PolicyLayer, subject: CallSubject): Rule | undefined {
  for (const keys of ruleKeys(subject)) {
    const level = PERMISSIONS.find((candidate) => candidate === valueAt(values, keys));
    if (level !== undefined) return { scope, file, key: ['kosmo', ...keys].join('.'), level };
  }
  return undefined;
}

/** Whether `one` lets less happen than `other`. */
export function isStricter(one: Rule, other: Rule): boolean {
  return PERMISSIONS.indexOf(one.level) < PERMISSIONS.indexOf(other.level);
}
