import { runProgram } from './program.ts';

/** The process entry: runs the command line of this process. `packageRoot` is the folder that holds `lua-docs`. */
export async function main(packageRoot: string): Promise<void> {
  // A reader that has seen enough (`kosmo … | head`) is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // The script goes on to its end, so that nothing stays half done: what it started is stopped.
    if (error.code !== 'EPIPE') process.exitCode = 1;
  });
  await runProgram(process.argv.slice(2), packageRoot);
}
