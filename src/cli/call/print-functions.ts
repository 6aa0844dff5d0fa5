import type { FunctionReport } from '../../runtime/index.ts';
import { printTable } from '../terminal/output.ts';

/** Prints functions as a table. */
export function printFunctions(functions: readonly FunctionReport[]): void {
  printTable(
    ['Function', 'Operation', 'Status', 'Description'],
    functions.map(({ name, operation, active, description }) => [name, operation, active ? 'active' : 'inactive', description]),
  );
}
