import type { ConnectOptions, Credentials } from '../../integration/index.ts';
import { monotonicNow } from '../../platform/clock.ts';
import { type AgoraClient, type ClientDependencies, createAgoraClient } from './api/client.ts';
import { type AcquiredResources, createAcquiredResources } from './recordings/acquired-resources.ts';
import { type Ledger, openLedger } from './recordings/ledger.ts';

/** What the tools share for one account. */
export interface AgoraConnection {
  /** The name of the account. */
  readonly account: string;
  readonly client: AgoraClient;
  /** The list of recordings that this machine started. Absent with an emulator in the process, whose recordings end with it. */
  readonly ledger?: Ledger;
  readonly resources: AcquiredResources;
  /** Recordings that have ended, by sid, and whether nothing was recorded. */
  readonly endedRecordings: Map<string, boolean>;
}

/** Connects an account. Throws as `createAgoraClient` does. */
export function connectAgora(
  credentials: Credentials,
  { account, stateFolder, preview }: ConnectOptions = { account: 'default' },
  dependencies: Partial<ClientDependencies> = {},
): AgoraConnection {
  return {
    account,
    client: createAgoraClient(credentials, { ...dependencies, ...(preview === undefined ? {} : { preview }) }),
    resources: createAcquiredResources(dependencies.now ?? monotonicNow),
    endedRecordings: new Map(),
    ...(stateFolder === undefined ? {} : { ledger: openLedger(stateFolder) }),
  };
}
