import { CommandContext } from './context.ts';
import { runProgram } from './program.ts';
import { onFirstAccess } from './terminal/fast-stdout.ts';
import { endWithoutTerminal } from './terminal/lost-terminal.ts';
import { listenForSignals } from './terminal/signals.ts';

/** The process entry: runs the command line of this process. `packageRoot` is the folder that holds `lua-docs`. */
export async function main(packageRoot: string): Promise<void> {
  listenForSignals();
  endWithoutTerminal();
  onFirstAccess('stdout', (stdout) => {
    // A reader that has seen enough (`kosmo … | head`) is no error.
    stdout.once('error', (error: NodeJS.ErrnoException) => {
      // The script goes on to its end, so that nothing stays half done: what it started is stopped.
      stdout.on('error', () => undefined);
      if (error.code === 'EPIPE') return;
      process.stderr.write(`error: the output cannot be written: ${error.message}\n`);
      process.once('exit', (code) => {
        if (code === 0) process.exitCode = 1;
      });
    });
  });
  // Without a place for messages there is still the exit code.
  onFirstAccess('stderr', (stderr) => {
    stderr.on('error', () => undefined);
  });
  await runProgram(new CommandContext({ argv: process.argv.slice(2), packageRoot }));
}
