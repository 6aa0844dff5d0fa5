/** Names of commands in the documentation of KosmoKrator. Help shows only the names of kosmo. */
const ALIASES: Readonly<Record<string, string>> = {
  'config:show': 'config:list',
  'config:paths': 'config:list',
  'settings:list': 'config:list',
  'settings:get': 'config:get',
  'settings:set': 'config:set',
  'settings:unset': 'config:unset',
};

const TWO_WORDS = /^(?:config|settings|secrets)$/;

/** Replaces the first word of a command line, or the first two as in `config get`, by the name of the command. */
export function withoutAlias(argv: readonly string[]): readonly string[] {
  const [first = '', second = '', ...rest] = argv;
  const isTwo = TWO_WORDS.test(first) && /^[a-z]+$/.test(second);
  const name = isTwo ? `${first}:${second}` : first;
  const command = Object.hasOwn(ALIASES, name) ? ALIASES[name] : isTwo ? name : undefined;
  if (command === undefined) return argv;
  return isTwo ? [command, ...rest] : [command, ...argv.slice(1)];
}
