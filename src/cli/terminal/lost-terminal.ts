import { closeSync, fstatSync, openSync, statSync } from 'node:fs';
import type { ReadStream } from 'node:tty';

/** At the end of the process Node restores the terminal, and aborts where that has gone: then nothing is left to restore. */
export function endWithoutTerminal(): void {
  if (process.platform !== 'win32') process.once('exit', leaveLostTerminal);
}

/** Keeps the loss of the terminal, whose mode cannot be restored then, from being an exception in readline. */
export function tolerateLoss(terminal: ReadStream): void {
  const setRawMode = terminal.setRawMode.bind(terminal);
  terminal.setRawMode = (mode) => {
    try {
      return setRawMode(mode);
    } catch {
      return terminal;
    }
  };
}

function leaveLostTerminal(): void {
  for (const descriptor of [0, 1, 2]) {
    try {
      if (!mayBeTerminal(descriptor) || process.getBuiltinModule('node:tty').isatty(descriptor)) continue;
      closeSync(descriptor);
      // It gets the lowest number that is free. Node leaves a descriptor alone that is another file than it was.
      openSync('/dev/null', 'r+');
    } catch {
      // One that is closed needs nothing.
    }
  }
}

// Loading node:tty takes 5 ms. Cron, CI and most parent processes start a program with /dev/null as its stdin, which needs no such check.
function mayBeTerminal(descriptor: number): boolean {
  const file = fstatSync(descriptor);
  return file.isCharacterDevice() && file.rdev !== statSync('/dev/null').rdev;
}
