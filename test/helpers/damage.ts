import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';

/** What disks, killed processes, sync tools and other users make of a file. */
export const DAMAGES: Readonly<Record<string, (file: string) => void>> = {
  'cut in half': (file) => writeFileSync(file, readFileSync(file).subarray(0, readFileSync(file).length / 2)),
  empty: (file) => writeFileSync(file, ''),
  NULs: (file) => writeFileSync(file, Buffer.alloc(readFileSync(file).length)),
  'random bytes': (file) =>
    writeFileSync(file, Buffer.from(Array.from({ length: 500 }, (_, index) => (index * 7919 + (index >> 3) * 104_729) & 0xff))),
  null: (file) => writeFileSync(file, 'null\n'),
  'another type': (file) => writeFileSync(file, '[[42]]\n'),
  'deeply nested': (file) => writeFileSync(file, `{"kosmo": ${'['.repeat(100_000)}`),
  'a folder': (file) => replaceBy(file, () => mkdirSync(file)),
  'a named pipe': (file) => replaceBy(file, () => execFileSync('mkfifo', [file])),
  'a link to a device': (file) => replaceBy(file, () => symlinkSync('/dev/zero', file)),
  'a link in a circle': (file) => replaceBy(file, () => symlinkSync(file, file)),
  'a mode for nobody': (file) => chmodSync(file, 0),
};

function replaceBy(file: string, make: () => void): void {
  rmSync(file);
  make();
}
