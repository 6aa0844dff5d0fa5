import { createHash } from 'node:crypto';
import path from 'node:path';
import { changeFile, homeFolder } from '../../config/index.ts';
import { KosmoError } from '../../errors/index.ts';
import { isOwn, readListFile } from '../config/files.ts';
import { isRecord, isStdio } from '../config/server-entry.ts';
import type { ServerEntry } from '../config/servers.ts';
import { findProgram, type ResolvedProgram } from './find-program.ts';

type Environment = Readonly<Record<string, string | undefined>>;

declare const trusted: unique symbol;

/** Proof that the user lets this server run as it is. Only `trustServer` makes one; without it nothing is started, connected to, or given a secret. */
export interface TrustedServer {
  readonly [trusted]: true;
  readonly entry: ServerEntry;
  /** Null for a server that is reached by HTTP. */
  readonly launch: (ResolvedProgram & { readonly command: string }) | null;
}

/** Everything of a server that decides what runs, and what it gets. */
export interface TrustSubject {
  /** Of all the parts together. */
  readonly fingerprint: string;
  /** A hash for each part, to tell what changed. */
  readonly parts: Readonly<Record<string, string>>;
  readonly launch: ResolvedProgram | null;
}

interface Decision {
  readonly fingerprint: string;
  readonly parts: Readonly<Record<string, string>>;
  readonly trusted_at: string;
  /** A hash of the definition of each tool. Missing until the server has listed them. */
  readonly tools?: Readonly<Record<string, string>>;
}

/** By real path of the project's folder, then by name of the server. */
type Decisions = Readonly<Record<string, Readonly<Record<string, Decision>>>>;

/** Returns a server of the user's own file, or of a project's file if the user trusts it as it is now. Throws `NOT_TRUSTED`. */
export async function trustServer(entry: ServerEntry, env: Environment): Promise<TrustedServer> {
  const subject = subjectOf(entry, env);
  if (!(await isDecided(entry, subject, env))) throw await notTrusted(entry, subject, env);
  return { entry, launch: subject.launch && { ...subject.launch, command: foundCommand(subject.launch) } } as TrustedServer;
}

/** Whether `trustServer` accepts the server. */
export async function isTrusted(entry: ServerEntry, env: Environment): Promise<boolean> {
  return isDecided(entry, subjectOf(entry, env), env);
}

/** Whether a server must be trusted before it runs: the user may not have written the project's file. */
export function needsTrust({ source }: ServerEntry): boolean {
  return !isOwn(source);
}

/** What trusting a server as it is now would cover. */
export function subjectOf(entry: ServerEntry, env: Environment): TrustSubject {
  const { server } = entry;
  const launch = isStdio(server) ? findProgram({ ...entry, server }, env) : null;
  const facts =
    server.transport === 'stdio'
      ? {
          transport: 'stdio',
          command: launch?.command ?? server.command,
          args: server.args,
          env: server.env,
          cwd: launch?.cwd,
          // Decisions from before kosmo read this field still hold for servers without it.
          ...(server.envFile === undefined ? {} : { envFile: launch?.envFile ?? server.envFile }),
        }
      : {
          transport: server.transport,
          url: server.url,
          headers: server.headers,
          ...(server.oauth === undefined ? {} : { oauth: server.oauth }),
        };
  const parts = Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, hash(value)]));
  return { fingerprint: hash(facts), parts, launch };
}

/** Remembers that the user trusts a server as it is now. Throws `INVALID_CONFIGURATION` where its program does not exist. */
export async function recordTrust(entry: ServerEntry, { fingerprint, parts, launch }: TrustSubject, env: Environment): Promise<void> {
  if (launch !== null) foundCommand(launch);
  const { name } = entry.server;
  await changeDecisions(entry, env, (servers) => {
    const { [name]: earlier } = servers;
    const tools = earlier?.fingerprint === fingerprint ? earlier.tools : undefined;
    return { ...servers, [name]: { fingerprint, parts, trusted_at: new Date().toISOString(), ...(tools && { tools }) } };
  });
}

/** The hashes of the tools that the user trusted with a server; undefined if the server has not listed any since. */
export async function readToolHashes(entry: ServerEntry, env: Environment): Promise<Decision['tools']> {
  return (await decisionFor(entry, env))?.tools;
}

/** Adds the hashes of its tools to the decision about a server. Existing ones stay, unless `replace`. */
export async function recordToolHashes(
  entry: ServerEntry,
  tools: Readonly<Record<string, string>>,
  env: Environment,
  replace: boolean,
): Promise<void> {
  const { name } = entry.server;
  await changeDecisions(entry, env, (servers) => {
    const decision = Object.hasOwn(servers, name) ? servers[name] : undefined;
    if (decision === undefined || (decision.tools !== undefined && !replace)) return servers;
    return { ...servers, [name]: { ...decision, tools: { ...decision.tools, ...tools } } };
  });
}

/** Forgets that the user trusted a server. Returns whether there was anything to forget. */
export async function withdrawTrust(entry: Pick<ServerEntry, 'projectFolder'>, name: string, env: Environment): Promise<boolean> {
  let found = false;
  await changeDecisions(entry, env, ({ [name]: decision, ...others }) => {
    found = decision !== undefined;
    return others;
  });
  return found;
}

async function isDecided(entry: ServerEntry, { fingerprint }: TrustSubject, env: Environment): Promise<boolean> {
  return !needsTrust(entry) || (await decisionFor(entry, env))?.fingerprint === fingerprint;
}

async function decisionFor({ server, projectFolder }: ServerEntry, env: Environment): Promise<Decision | undefined> {
  const file = trustFile(env);
  const decisions = parseDecisions(file, readDecisions(file));
  const servers = Object.hasOwn(decisions, projectFolder) ? decisions[projectFolder] : undefined;
  return servers !== undefined && Object.hasOwn(servers, server.name) ? servers[server.name] : undefined;
}

async function notTrusted(entry: ServerEntry, { parts }: TrustSubject, env: Environment): Promise<KosmoError> {
  const { name } = entry.server;
  const earlier = await decisionFor(entry, env);
  const changed = Object.keys(parts).filter((part) => earlier !== undefined && parts[part] !== earlier.parts[part]);
  const since = changed.length === 0 ? '' : `: its ${changed.join(', ')} changed since you trusted it`;
  return new KosmoError('NOT_TRUSTED', `Project MCP server '${name}' of ${entry.path} is not trusted${since}. Nothing was started.`, {
    hint: `look at what it would run, and trust it: kosmo mcp:trust ${name}`,
    details: { server: name },
  });
}

function foundCommand({ command, problem }: ResolvedProgram): string {
  if (command !== null && problem === undefined) return command;
  throw problem?.error ?? new Error('a program that is not found has a problem');
}

async function changeDecisions(
  { projectFolder }: Pick<ServerEntry, 'projectFolder'>,
  env: Environment,
  change: (servers: Readonly<Record<string, Decision>>) => Readonly<Record<string, Decision>>,
): Promise<void> {
  const file = trustFile(env);
  await changeFile(file, (text) => {
    const decisions = parseDecisions(file, text);
    const { [projectFolder]: before = {}, ...others } = decisions;
    const after = change(before);
    const projects = Object.keys(after).length === 0 ? others : { ...others, [projectFolder]: after };
    return `${JSON.stringify({ version: 1, projects }, null, 2)}\n`;
  });
}

function readDecisions(file: string): string | undefined {
  try {
    return readListFile(file);
  } catch (thrown) {
    return refuseFile(file, (thrown as Error).message);
  }
}

function parseDecisions(file: string, text: string | undefined): Decisions {
  if (text === undefined) return {};
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch (thrown) {
    return refuseFile(file, (thrown as Error).message);
  }
  if (!isRecord(root) || !isRecord(root.projects) || !Object.values(root.projects).every(isProject)) return refuseFile(file, 'wrong form');
  return root.projects as Decisions;
}

function isProject(servers: unknown): boolean {
  return isRecord(servers) && Object.values(servers).every((decision) => isDecision(decision));
}

function isDecision(value: unknown): boolean {
  if (!isRecord(value) || typeof value.fingerprint !== 'string' || !isRecord(value.parts)) return false;
  return value.tools === undefined || (isRecord(value.tools) && Object.values(value.tools).every((item) => typeof item === 'string'));
}

// An unreadable file must not count as empty: the next write would delete every decision.
function refuseFile(file: string, reason: string): never {
  throw new KosmoError('INVALID_CONFIGURATION', `The list of trusted MCP servers, ${file}, cannot be understood: ${reason}.`, {
    hint: `fix the file, or move it away (mv ${file} ${file}.damaged) and trust your servers again: kosmo mcp:trust <server>`,
  });
}

function trustFile(env: Environment): string {
  return path.join(homeFolder(env), 'trust.json');
}

function hash(value: unknown): string {
  return createHash('sha256').update(canonical(value)).digest('hex');
}

/** JSON in which the order of members means nothing. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    isRecord(item) ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1))) : item,
  );
}
