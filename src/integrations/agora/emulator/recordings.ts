import type { EmulatorClock } from './clock.ts';
import { phaseOf, type Recording, type Resource } from './recording.ts';

/** The resources and recordings of all apps. */
export interface Recordings {
  readonly addResource: (resource: Resource) => void;
  readonly findResource: (id: string | undefined) => Resource | undefined;
  /** All resources, in the order of the acquires. */
  readonly resources: () => Iterable<Resource>;
  /** Adds the recording of a resource that is known. */
  readonly add: (recording: Recording) => void;
  readonly find: (sid: string) => Recording | undefined;
  /** All recordings, in the order of the starts. */
  readonly all: () => readonly Recording[];
  readonly isRunning: (recording: Recording | undefined) => boolean;
  /** Whether a recording of the same app, channel and uid runs. */
  readonly isTaken: (resource: Resource) => boolean;
}

/** Creates the list, with the resources of a saved state and their recordings. */
export function createRecordings(clock: EmulatorClock, saved: readonly Resource[]): Recordings {
  const resources = new Map(saved.map((resource) => [resource.id, resource]));
  const bySid = new Map<string, Recording>();
  const latestByIdentity = new Map<string, Recording>();
  const isRunning = (recording: Recording | undefined): boolean => recording !== undefined && phaseOf(recording, clock.now()) === 'running';
  const add = (recording: Recording): void => {
    bySid.set(recording.sid, recording);
    latestByIdentity.set(identityOf(recording.resource), recording);
  };
  for (const recording of saved.flatMap((resource) => resource.recording ?? []).sort((a, b) => a.startedAt - b.startedAt)) add(recording);
  return {
    addResource: (resource) => void resources.set(resource.id, resource),
    findResource: (id = '') => resources.get(id),
    resources: () => resources.values(),
    add,
    find: (sid) => bySid.get(sid),
    all: () => [...bySid.values()],
    isRunning,
    isTaken: (resource) => isRunning(latestByIdentity.get(identityOf(resource))),
  };
}

function identityOf({ appId, cname, uid }: Resource): string {
  return JSON.stringify([appId, cname, uid]);
}
