import { runProgram } from './program.ts';

/** The process entry: runs the command line of this process. `packageRoot` is the folder that holds `lua-docs`. */
export async function main(packageRoot: string): Promise<void> {
  // A reader that has seen enough (`kosmo … | head`) is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  await runProgram(process.argv.slice(2), packageRoot);
}
