/** The names for which `require` returns a library, and loads no module. */
export const LIBRARIES: readonly string[] = ['_G', 'string', 'table', 'math', 'utf8', 'os', 'coroutine', 'debug', 'package'];
