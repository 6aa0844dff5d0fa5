/** Returns the schema that a `$ref` leads to from the root of its document, or an empty schema, which says nothing. */
export function resolveReference(root: Readonly<Record<string, unknown>>, reference: unknown): unknown {
  if (typeof reference !== 'string') return {};
  const own = typeof root.$id === 'string' && reference.startsWith(root.$id) ? reference.slice(root.$id.length) : reference;
  if (own === '' || own === '#') return root;
  if (own.startsWith('#/')) return followPointer(root, own.slice(2));
  return own.startsWith('#') ? (findAnchor(root, own.slice(1)) ?? {}) : {};
}

// RFC 6901, in the fragment of a URI.
function followPointer(root: unknown, pointer: string): unknown {
  let here: unknown = root;
  for (const part of pointer.split('/')) {
    const name = decode(part).replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, name)) return {};
    here = (here as Readonly<Record<string, unknown>>)[name];
  }
  return here;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function findAnchor({ $defs, definitions }: Readonly<Record<string, unknown>>, anchor: string): unknown {
  return [$defs, definitions]
    .flatMap((group) => (typeof group === 'object' && group !== null ? (Object.values(group) as readonly unknown[]) : []))
    .find((schema) => typeof schema === 'object' && schema !== null && '$anchor' in schema && schema.$anchor === anchor);
}
