import { createRequire } from 'node:module';

interface Builtins {
  readonly 'node:v8': typeof import('node:v8');
  readonly 'node:zlib': typeof import('node:zlib');
}

/** A module of Node that is loaded when it is needed, and at once. */
export function loadBuiltin<Name extends keyof Builtins>(name: Name): Builtins[Name] {
  // Node has this since 20.16 and 22.3.
  return process.getBuiltinModule?.(name) ?? createRequire(import.meta.url)(name);
}
