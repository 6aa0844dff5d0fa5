/** How scripts write the names that servers and tools have. */
export interface LuaNames {
  /** What to write for a raw name: itself where Lua can spell it, else one that is like it; itself again where that would be ambiguous. */
  readonly luaName: (raw: string) => string;
  /** The raw name that a script means. A raw name always means itself. */
  readonly resolve: (name: string) => string | undefined;
  /** Every raw name that a script may have meant. */
  readonly candidatesFor: (name: string) => readonly string[];
}

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;

const KEYWORDS = new Set(
  'and break do else elseif end false for function goto if in local nil not or repeat return then true until while'.split(' '),
);

/**
 * Names for Lua, without collisions: `fake-server` can be written `fake_server`, unless a server has that very name, or two have names that
 * would be written so. Then it is written `["fake-server"]`, whatever others there are.
 */
export function luaNames(raws: readonly string[]): LuaNames {
  const known = new Set(raws);
  let spelled: ReadonlyMap<string, ReadonlySet<string>> | undefined;
  const meant = (name: string): readonly string[] => {
    if (known.has(name)) return [name];
    // Most names are written as they are, and some servers have thousands.
    spelled ??= spellings(known);
    return [...(spelled.get(name) ?? [])];
  };
  const find = (name: string): string | undefined => {
    const [only, another] = meant(name);
    return another === undefined ? only : undefined;
  };
  return {
    candidatesFor: meant,
    resolve: find,
    luaName(raw) {
      if (isIdentifier(raw)) return raw;
      const name = toIdentifier(raw);
      return find(name) === raw ? name : raw;
    },
  };
}

function spellings(raws: Iterable<string>): ReadonlyMap<string, ReadonlySet<string>> {
  const spelled = new Map<string, Set<string>>();
  for (const raw of raws) {
    for (const name of [toIdentifier(raw), toIdentifier(raw).toLowerCase()]) spelled.set(name, (spelled.get(name) ?? new Set()).add(raw));
  }
  return spelled;
}

/** `base.name`, or `base["name"]` where Lua needs it. */
export function luaPath(base: string, name: string): string {
  return isIdentifier(name) ? `${base}.${name}` : `${base}[${JSON.stringify(name)}]`;
}

function isIdentifier(name: string): boolean {
  return IDENTIFIER.test(name) && !KEYWORDS.has(name);
}

function toIdentifier(raw: string): string {
  const name = IDENTIFIER.test(raw) ? raw : raw.replaceAll(/[^A-Za-z0-9_]+/g, '_').replaceAll(/^_+|_+$/g, '') || '_';
  if (KEYWORDS.has(name)) return `${name}_`;
  return /^\d/.test(name) ? `_${name}` : name;
}
