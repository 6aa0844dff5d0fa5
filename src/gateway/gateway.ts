import { suggest } from '../catalog/index.ts';
import { KosmoError } from '../errors/index.ts';
import type { Host, RunOptions } from '../runtime/index.ts';
import { codeModeTools } from './code-mode.ts';
import { createExposure, type ExposureOptions } from './exposure.ts';
import { functionRefusal, functionTools } from './function-tools.ts';
import { createPendingOperations, type PendingOperations } from './operation.ts';
import { createKeptResults, createResults, type KeptResults, type Results } from './results.ts';
import type { GatewayTool, ToolCall } from './tool.ts';

export interface GatewayOptions extends ExposureOptions {
  readonly host: Host;
  /** One tool a function, the four of code mode, or both. */
  readonly tools: 'functions' | 'code' | 'all';
  /** Characters of text, and of data as JSON, that one result may have. */
  readonly maxResultCharacters: number;
  /** What is allowed without asking, besides what the settings files allow. */
  readonly policy: Omit<RunOptions['policy'], 'ask' | 'restrict'>;
}

/** What a gateway offers, whoever asks over whatever transport. */
export interface Gateway {
  readonly instructions: string;
  readonly tools: readonly GatewayTool[];
  /** Why there is no tool of this name. */
  readonly noTool: (name: string) => KosmoError;
  readonly results: Results;
  readonly kept: KeptResults;
  readonly pending: PendingOperations;
  readonly close: () => void;
}

const FUNCTIONS_HINT = 'Each function of the integrations is a tool.';

const CODE_HINT =
  'Find functions with lua_list_docs or lua_search_docs, read the page of each one you need with lua_read_doc, then run ONE script with execute_lua: it can make many calls, wait and handle errors. Credentials are in place; a script cannot see them.';

const ALWAYS_HINT =
  'Calls that change something may need the approval of a person. An error says what was sent: outcome none (nothing), done (refused by the remote side) or unknown (look before you repeat). What a script starts it should stop, or tell.';

/** Puts a gateway together: the same exposure decides what is listed and what scripts and calls reach. */
export function createGateway({ host, tools, maxResultCharacters, policy, ...exposed }: GatewayOptions): Gateway {
  const exposure = createExposure(exposed);
  const kept = createKeptResults();
  const results = createResults(kept, maxResultCharacters);
  const pending = createPendingOperations();
  const policyOf = ({ ask }: ToolCall): RunOptions['policy'] => ({
    ...policy,
    restrict: exposure.refusal,
    ...(ask === undefined ? {} : { ask }),
  });
  const all = [
    ...(tools === 'functions' ? [] : codeModeTools({ host, results, policy: policyOf })),
    ...(tools === 'code' ? [] : functionTools({ host, exposure, results, policy: policyOf })),
  ];
  return {
    instructions: [tools === 'code' ? '' : FUNCTIONS_HINT, tools === 'functions' ? '' : CODE_HINT, ALWAYS_HINT].filter(Boolean).join(' '),
    tools: all,
    results,
    kept,
    pending,
    noTool(name) {
      const refusal = functionRefusal(host, exposure, name);
      if (refusal !== undefined) return refusal;
      const close = suggest(
        name,
        all.map(({ definition }) => definition.name),
      );
      const question = close.length === 0 ? '' : ` Did you mean ${close.join(', ')}?`;
      return new KosmoError('UNKNOWN_FUNCTION', `Unknown gateway tool: ${name}.${question}`);
    },
    close: pending.close,
  };
}
