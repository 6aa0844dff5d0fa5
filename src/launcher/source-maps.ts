import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import path from 'node:path';

/** A bundle: the hash of its text is in its name. Cached code keeps the folder of the installation that compiled it. */
const HASHED = /\.[0-9a-f]{16}\.js$/;

/**
 * Makes the stacks of errors in this process show files and lines of the TypeScript source. Node does not do so for code that it runs as a
 * `vm.Script`. The map of a file in `folder` is `<file>.map`, and is read when a stack first needs it.
 */
export function showSources(folder: string): void {
  const maps = new Map<string, SourceMap | undefined>();
  const mapOf = (file: string): SourceMap | undefined => {
    if (!maps.has(file)) maps.set(file, readMap(`${file}.map`));
    return maps.get(file);
  };
  Error.prepareStackTrace = (error, frames) => {
    const lines = frames.map((frame) => {
      const file = frame.getFileName() ?? '';
      const local = HASHED.test(file) ? path.join(folder, 'chunks', path.basename(file)) : file;
      const origin = local.startsWith(folder) ? originOf(frame, mapOf(local)) : undefined;
      const text = String(frame);
      if (origin === undefined) return `\n    at ${text}`;
      return `\n    at ${text.replace(`${file}:${frame.getLineNumber()}:${frame.getColumnNumber()}`, () => origin)}`;
    });
    return Error.prototype.toString.call(error) + lines.join('');
  };
}

function readMap(file: string): SourceMap | undefined {
  try {
    return new SourceMap(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    // A stack that cannot be mapped is shown as it is.
    return undefined;
  }
}

function originOf(frame: NodeJS.CallSite, map: SourceMap | undefined): string | undefined {
  const entry = map?.findEntry((frame.getLineNumber() ?? 1) - 1, (frame.getColumnNumber() ?? 1) - 1);
  if (entry === undefined || !('originalSource' in entry)) return undefined;
  return `${entry.originalSource}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
}
