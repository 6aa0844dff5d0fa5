import type { Operation, Provider } from '../integration/index.ts';
import { isObject, type JsonValue, valueAt } from '../json/index.ts';

/** The permissions, the strictest first. */
export const PERMISSIONS = ['deny', 'ask', 'allow'] as const;

export type Permission = (typeof PERMISSIONS)[number];

/** One configuration file: the object below `kosmo:`. */
export interface PolicyLayer {
  readonly scope: 'user' | 'project';
  readonly file: string;
  readonly values: Readonly<Record<string, JsonValue>>;
  /** The line of a setting, from 1, if it is known. */
  readonly lineOf?: (setting: readonly string[]) => number | undefined;
}

/** The facts of a call that its permission depends on. */
export interface CallSubject {
  readonly provider: Provider;
  /** `query_recording` */
  readonly name: string;
  /** Another name that rules can use: the one in scripts, or the slug. */
  readonly alias?: string;
  readonly operation: Operation;
  /** Null for a provider without accounts. */
  readonly account: string | null;
}

/** A rule of a configuration file, or (without a file) a built-in one. */
export interface Rule {
  readonly scope: 'built-in' | 'user' | 'project';
  readonly file: string | null;
  /** `kosmo.integrations.agora.permissions.write` */
  readonly key: string;
  readonly level: Permission;
}

/** The decision about one call, and its reason. */
export interface Decision {
  readonly level: Permission;
  /** The rule that decided: one of those below. */
  readonly rule: Rule;
  /** The rule of the user's files, or the built-in one. */
  readonly own: Rule;
  /** The rule of the project's files. */
  readonly project: readonly Rule[];
}

const BUILT_IN: Readonly<Record<Operation, Permission>> = { read: 'allow', write: 'ask' };

/**
 * Decides about a call. In the user's files the most specific rule wins; a project's files can only tighten it. The decision depends on the
 * layers and the subject only, not on the environment.
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

/** Returns the keys of the rules that can decide a call, the most specific first, as paths below `kosmo`. */
export function ruleKeys({ provider, name, alias, operation, account }: CallSubject): readonly (readonly string[])[] {
  const permissions = [...provider.settingsPath, 'permissions'];
  const ofAccount = account === null ? [] : [[...permissions, 'accounts', account]];
  return [
    ...ofAccount.flatMap((keys) => [
      [...keys, 'functions', name],
      ...(alias === undefined ? [] : [[...keys, 'functions', alias]]),
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
    const level = permissionAt(values, keys);
    if (level !== undefined) return { scope, file, key: ['kosmo', ...keys].join('.'), level };
  }
  return undefined;
}

/** Reads the permission of a rule: `allow`, or the `permission` of `{permission: allow, max_per_run: 3}`. */
export function permissionAt(values: JsonValue | undefined, keys: readonly string[]): Permission | undefined {
  const rule = valueAt(values, keys);
  const level = isObject(rule) ? rule.permission : rule;
  return PERMISSIONS.find((candidate) => candidate === level);
}

/** Whether `one` allows less than `other`. */
export function isStricter(one: Rule, other: Rule): boolean {
  return PERMISSIONS.indexOf(one.level) < PERMISSIONS.indexOf(other.level);
}
