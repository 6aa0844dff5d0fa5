import type { Credentials, IntegrationCommand, ManifestEntry } from '../integration/index.ts';
import type { RunJournal } from '../journal/index.ts';
import type { JsonObject, JsonValue } from '../json/index.ts';
import type { StoredApproval } from '../policy/index.ts';
import type { Problem } from '../schema/index.ts';
import { environmentSettings, readSettings } from '../settings/index.ts';
import type { CallReport } from './calls/direct-call.ts';
import type { Host, HostOptions } from './host.ts';
import { integrationEntries } from './integrations.ts';
import type { ApprovalSubject, ApprovedRun, WorkflowApproval } from './workflow/approval.ts';
import type { ScriptText, WorkflowFile, WorkflowFolder } from './workflow/catalog.ts';
import type { WorkflowDeclaration } from './workflow/declaration.ts';
import { ModuleReader } from './workflow/modules.ts';

export type { RunJournal } from '../journal/index.ts';
export type { HostEntry, LimitOptions } from '../lua/index.ts';
export { RunActivity } from './calls/activity.ts';
export type { CallCap } from './calls/call-caps.ts';
export type { CallLogEntry } from './calls/call-log-entry.ts';
export type { CallReport, DirectCallOptions } from './calls/direct-call.ts';
export { noEmulatorError } from './calls/emulator-account.ts';
export type { CallEvent } from './calls/events.ts';
export { failedCall } from './calls/failed-call.ts';
export type { LeftOpen } from './calls/open-resources.ts';
export type { FunctionReport, ProviderReport } from './discovery.ts';
export type { Diagnosis } from './doctor/diagnosis.ts';
export type { Host, HostOptions } from './host.ts';
export type { Finding } from './lint/finding.ts';
export { maskSource } from './lint/mask-source.ts';
export type { ListedTool } from './mcp/mcp-host.ts';
export type { McpToolDescription } from './mcp/tool-descriptions.ts';
export type { RunReport } from './scripts/run-report.ts';
export type { RunOptions, SessionOptions } from './scripts/script-options.ts';
export type { Session } from './scripts/session.ts';

export type { ApprovalSubject, WorkflowApproval } from './workflow/approval.ts';
export type { WorkflowFile, WorkflowFolder } from './workflow/catalog.ts';
export type { DeclaredCall, WorkflowDeclaration } from './workflow/declaration.ts';
export { describeCalls } from './workflow/describe-calls.ts';
export type { GivenModules } from './workflow/modules.ts';
export type { OfferedWorkflow } from './workflow/offered-workflow.ts';
export { shownInput } from './workflow/shown-input.ts';
export type { LogEntry, WorkflowAnswer, WorkflowQuestion } from './workflow/workflow-run.ts';
export { ModuleReader };

/** Summaries of the integrations, known without loading them. */
export const integrationSummaries: readonly IntegrationSummary[] = integrationEntries;

export type IntegrationSummary = Pick<
  ManifestEntry,
  'id' | 'title' | 'description' | 'authStrategy' | 'helpExamples' | 'credentials' | 'tools' | 'hasEmulator'
>;

/** Finds credentials that cannot work, by field. Missing ones are not reported. */
export async function checkCredentials(integration: string, credentials: Credentials): Promise<readonly Problem[]> {
  const loaded = await integrationEntries.find(({ id }) => id === integration)?.load();
  return loaded?.checkCredentials?.(credentials) ?? [];
}

/** Open resources that were started with an account. Without the account they cannot be stopped. */
export async function findOpen(integration: string, account: string, home: string): Promise<readonly string[]> {
  const loaded = await integrationEntries.find(({ id }) => id === integration)?.load();
  return (await loaded?.listOpenResources?.(account, `${home}/${integration}`)) ?? [];
}

/** The pages of the documentation: every integration, every function, every guide. */
export async function documentationPages(guideFolder: string): Promise<readonly { readonly name: string; readonly title: string }[]> {
  const { loadGuides } = await import('../docs/index.ts');
  const functions = integrationEntries.flatMap(({ id, title, tools }) => [
    { name: id, title },
    ...tools.map(({ name, description }) => ({ name: `${id}.${name}`, title: description })),
  ]);
  const guides = loadGuides(
    guideFolder,
    integrationEntries.map(({ page }) => page),
  );
  return [...functions, ...guides.map(({ name, title }) => ({ name, title }))];
}

/** Lists the workflows of some folders, sorted by name. A file that cannot be read is in the list with its problem. */
export async function listWorkflows(folders: readonly WorkflowFolder[]): Promise<readonly WorkflowFile[]> {
  return (await import('./workflow/catalog.ts')).listWorkflows(folders, integrationEntries);
}

/** Finds a workflow by its name. Rejects with `USAGE` and close names. */
export async function findWorkflow(name: string, folders: readonly WorkflowFolder[]): Promise<WorkflowFile> {
  return (await import('./workflow/catalog.ts')).findWorkflow(name, folders, integrationEntries);
}

/** Reads the declaration of a script without running it. */
export async function readScriptDeclaration(code: Uint8Array): Promise<ScriptText> {
  return (await import('./workflow/catalog.ts')).readScriptDeclaration(code, integrationEntries);
}

/** Reads what an approval of a script would cover. Rejects with `APPROVAL_REQUIRED` if the script does not declare its calls. */
export async function readApprovalSubject(code: Uint8Array, modules: ModuleReader): Promise<ApprovalSubject> {
  return (await import('./workflow/approval.ts')).readApprovalSubject(code, modules, integrationEntries);
}

/** The approval of a script by a hash. Rejects with `APPROVAL_REQUIRED` if the script or a module is not the one of the hash. */
export async function pinnedApproval(pinned: string, run: ApprovedRun): Promise<WorkflowApproval> {
  return (await import('./workflow/approval.ts')).pinnedApproval(pinned, run, integrationEntries);
}

/** The stored approval of a script, which has ended if the script or a module is another now. */
export async function storedApproval(stored: StoredApproval, run: ApprovedRun): Promise<WorkflowApproval> {
  return (await import('./workflow/approval.ts')).storedApproval(stored, run, integrationEntries);
}

/** The files of an approved script that changed since it was approved. */
export async function changedFiles(stored: StoredApproval, run: ApprovedRun): Promise<readonly string[]> {
  return (await import('./workflow/approval.ts')).changedFiles(stored, run);
}

/** An input of a workflow to fill in; `kosmo run` refuses its placeholders. `example` gives the form of objects without declared fields. */
export async function inputTemplate(declaration: WorkflowDeclaration, example: JsonValue): Promise<JsonObject> {
  return (await import('./workflow/placeholders.ts')).inputTemplate(declaration, example);
}

/** Records a run in a file, which is written when the run has ended. One journal is for one run. */
export async function openRecord(file: string): Promise<RunJournal> {
  return (await import('../journal/index.ts')).recordTo(file);
}

/** Repeats the run that a file holds, without a live call. One journal is for one run. Rejects with `RUN_UNREADABLE` for another file. */
export async function openReplay(file: string): Promise<RunJournal> {
  return (await import('../journal/index.ts')).replay(file);
}

type CallByName = typeof import('./calls/call-by-name.ts');

/** Calls a function of an integration by its full name. */
export async function callIntegration(...call: Parameters<CallByName['callIntegration']>): Promise<CallReport> {
  return (await import('./calls/call-by-name.ts')).callIntegration(...call);
}

/** Calls a tool of an MCP server by its full name. */
export async function callMcpTool(...call: Parameters<CallByName['callMcpTool']>): Promise<CallReport> {
  return (await import('./calls/call-by-name.ts')).callMcpTool(...call);
}

/** Makes a host. Loading its code, the Lua engine above all, waits until now: this door is cheap to import. */
export async function createHost(options: HostOptions): Promise<Host> {
  const { env, folder, ...others } = options;
  const [host, settings] = await Promise.all([
    import('./host.ts'),
    folder === undefined ? environmentSettings(env) : readSettings({ env, folder }),
  ]);
  return new host.Host(others, settings);
}

/** A command that an integration declares, known without loading the integration. */
export interface DeclaredCommand extends Omit<IntegrationCommand, 'run'> {
  /** As typed: `agora:emulator`. */
  readonly fullName: string;
  /** The id of the integration. */
  readonly integration: string;
  readonly load: () => Promise<IntegrationCommand['run']>;
}

/** The names of the declared commands, as typed. */
export const declaredCommandNames: readonly string[] = integrationEntries.flatMap(({ id, commandNames }) =>
  commandNames.map((name) => `${id}:${name}`),
);

/** The commands that integrations declare. */
export function declaredCommands(): readonly DeclaredCommand[] {
  return integrationEntries.flatMap(({ id, commands, load }) =>
    commands.map((command) => ({
      ...command,
      fullName: `${id}:${command.name}`,
      integration: id,
      load: async () => {
        const declared = (await load()).commands.find(({ name }) => name === command.name);
        if (declared === undefined) throw new Error(`the manifest is older than the commands: ${command.name} is gone`);
        return declared.run;
      },
    })),
  );
}
