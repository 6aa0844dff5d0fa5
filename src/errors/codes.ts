/**
 * What is known of the remote side when a call failed:
 * `none` nothing was sent, `done` the remote side answered (its answer is a failure), `unknown` it was sent and no answer can be trusted.
 */
export type Outcome = 'none' | 'unknown' | 'done';

export interface ErrorCodeRow {
  /** Process exit code of a run that ends with this error. */
  readonly exitCode: 1 | 2 | 3 | 4 | 5 | 6 | 7 | 130 | 143;
  readonly outcome: Outcome;
  readonly retryable: boolean;
  /** One sentence for the error page and for `hint` where the thrower has nothing better. */
  readonly help: string;
}

const row = (exitCode: ErrorCodeRow['exitCode'], help: string, outcome: Outcome = 'none', retryable = false): ErrorCodeRow => ({
  exitCode,
  outcome,
  retryable,
  help,
});

/** Every error code of the product. `npm run docs` writes the table of `lua-docs/errors.md` from these rows. */
export const ERROR_CODES = {
  SCRIPT_ERROR: row(1, 'The script raised an error; the traceback says where.'),
  SYNTAX_ERROR: row(1, 'The script is not valid Lua 5.3; the message gives line and token.'),
  CHECK_FAILED: row(1, 'A check found mistakes in a script; the findings say where.'),
  SCRIPT_EXIT: row(1, 'The script ended itself with an exit code other than 0; `exit_code` has it.'),
  MODULE_ERROR: row(1, 'A module that the script requires cannot be loaded; the message says why.'),
  FILE_EXISTS: row(1, 'A file that would be written exists already. Nothing was written.'),
  UNKNOWN_FUNCTION: row(1, 'No function has this path; list them with docs.list().'),
  UNKNOWN_SERVER: row(1, 'No MCP server has this name; list them with kosmo mcp:list --all.'),
  INVALID_ARGUMENTS: row(1, 'An argument is missing, has the wrong type or an impossible value. Nothing was sent.'),
  FUNCTION_FAILED: row(1, 'A function of the program that embeds kosmo failed.', 'unknown'),
  USAGE: row(2, 'The command line is wrong; run the command with --help.'),
  INVALID_INPUT: row(2, 'The input does not fit what the workflow declares. Nothing was called.'),
  NOT_CONFIGURED: row(3, 'The integration has no complete credentials for this account.'),
  INVALID_CONFIGURATION: row(3, 'A setting has a value that cannot work.'),
  INTEGRATION_DISABLED: row(3, 'The integration was switched off in the settings.'),
  SETTINGS_UNAVAILABLE: row(3, 'A file of the settings cannot be read or written.'),
  SECRET_UNREADABLE: row(3, 'A stored secret cannot be decrypted with the key that is here.'),
  APPROVAL_REQUIRED: row(4, 'The policy asks for approval of this operation and nobody can be asked.'),
  ELICITATION_REQUIRED: row(4, 'An MCP server asks the user a question, and no user can answer it in this run.'),
  POLICY_DENIED: row(4, 'A rule in a settings file forbids this operation; the message names rule and file.'),
  NOT_TRUSTED: row(4, 'A project brought this MCP server and you have not trusted it as it is now; nothing was started.'),
  NOT_EXPOSED: row(4, 'The MCP gateway does not offer this function, server or resource.'),
  REMOTE_ERROR: row(5, 'The remote API answered with a failure.', 'done'),
  REMOTE_UNAVAILABLE: row(5, 'The remote API could not do it now; the same call may succeed later.', 'done', true),
  RATE_LIMITED: row(5, 'The remote API refused the call because too many were made; wait and repeat.', 'none', true),
  CREDENTIALS_REJECTED: row(5, 'The remote API does not accept the credentials.'),
  OUTCOME_UNKNOWN: row(
    5,
    'The call was sent and the remote API did not say how it ended. Query before repeating a write.',
    'unknown',
    true,
  ),
  CONNECTION_FAILED: row(5, 'No connection to the remote API; nothing was sent.', 'none', true),
  CONNECTION_LOST: row(5, 'The connection broke before an answer came.', 'unknown', true),
  DEADLINE_EXCEEDED: row(5, 'No answer came before the deadline.', 'unknown', true),
  INVALID_RESPONSE: row(5, 'The remote API answered with something that is not the documented JSON.', 'unknown'),
  CPU_LIMIT: row(6, 'The script used more CPU time than --cpu-limit allows.'),
  MEMORY_LIMIT: row(6, 'The script used more memory than --memory-limit allows.'),
  TIMEOUT: row(6, 'The script ran longer than --timeout allows, waiting included.'),
  CALL_LIMIT: row(6, 'A function was called more often than a cap of the run allows. Nothing was sent.'),
  INTERRUPTED: row(130, 'The run was interrupted from the keyboard.'),
  TERMINATED: row(143, 'The run was terminated by a signal; `signal` names it.'),
  REPLAY_DIVERGED: row(1, 'The script asks for something that is not in the record, or no longer asks for something that is.'),
  RUN_UNREADABLE: row(3, 'The record of a run cannot be read or written; the message names file and line.'),
  UNKNOWN_RUN: row(1, 'No run has this id; list them with kosmo runs.'),
  RUN_BUSY: row(1, 'Another process runs this run now; the message names it.', 'none', true),
  RUN_CONFLICT: row(2, 'A run with this id exists and has another input.'),
  RUN_STORE_UNAVAILABLE: row(3, 'The journal of the run cannot be written. Nothing was sent.', 'none', true),
  RUN_TOO_LARGE: row(6, 'A result is too large for the journal of the run, or the journal is full.'),
  RUN_CANCELLED: row(143, 'The run was ended with kosmo runs:cancel.'),
  RUN_PARKED: row(7, 'The run sleeps for long and has left the process; kosmo runs:resume goes on when it is due.', 'none', true),
  SECRET_IN_RECORD: row(1, 'The record of the run would hold a secret; the file was not written.'),
  INTERNAL_ERROR: row(1, 'A fault of kosmo itself. Please report it.'),
} as const satisfies Record<string, ErrorCodeRow>;

/** What each exit code of the process means. */
export const EXIT_CODES: Readonly<Record<0 | 129 | 131 | ErrorCodeRow['exitCode'], string>> = {
  0: 'done',
  1: 'the script or a call failed, or the output could not be written (a full disk; a reader that left is no error)',
  2: 'the command line is wrong',
  3: 'configuration or credentials',
  4: 'refused by policy or trust',
  5: 'the remote side failed',
  6: 'a limit was passed',
  7: 'the run is parked: resume it when it is due',
  129: 'the terminal was closed (SIGHUP)',
  130: 'interrupted (Ctrl-C, SIGINT)',
  131: 'ended by Ctrl-\\ (SIGQUIT)',
  143: 'terminated (SIGTERM); 128 + n for every other signal, n being its number',
};

export type ErrorCode = keyof typeof ERROR_CODES;

interface ExitFacts {
  readonly code: ErrorCode;
  readonly signal?: unknown;
  readonly exit_code?: unknown;
}

/**
 * The exit code of a process that ended with this error: the script's own, or 128 plus its number for a signal, which `signal` names.
 */
export function exitCodeOf({ code, signal, exit_code: own }: ExitFacts): number {
  if (code === 'SCRIPT_EXIT' && typeof own === 'number') return own;
  if (code !== 'TERMINATED' || typeof signal !== 'string') return ERROR_CODES[code].exitCode;
  const number: number | undefined = process.getBuiltinModule('node:os').constants.signals[signal as NodeJS.Signals];
  return number === undefined ? ERROR_CODES[code].exitCode : 128 + number;
}
