import type { Command } from 'commander';
import { homeFolder } from '../../../config/index.ts';
import type { ErrorDetail } from '../../../errors/index.ts';
import { COMPATIBILITY } from '../../../integration/index.ts';
import { type Diagnosis, type Host, integrationSummaries } from '../../../runtime/index.ts';
import { lintSettings, readSettings } from '../../../settings/index.ts';
import type { CommandContext } from '../../context.ts';
import { findIntegration } from '../../options/find-integration.ts';
import { exitCodeOf, printJson, printNote, printValue } from '../../terminal/output.ts';

interface DoctorOptions {
  readonly account?: string;
  readonly live?: true;
  readonly json?: true;
  readonly pretty?: true;
}

type Report = Diagnosis & typeof COMPATIBILITY;

const EXAMPLES = `
Examples:
  kosmo integrations:doctor
  kosmo integrations:doctor {id} --live
  kosmo integrations:doctor {id} --account production --json`;

/** `kosmo integrations:doctor`: what keeps calls from working, and the next command. */
export function addDoctorCommand(program: Command, context: CommandContext): void {
  program
    .command('integrations:doctor')
    .description('check an integration and suggest fixes')
    .argument('[integration]', 'for example {id}; without it all, where what was never set up is no problem')
    .option('--account <name>', 'only this account')
    .option('--live', 'also make one harmless call with each complete account, to try its credentials')
    .option('--json', 'print one JSON document instead of text')
    .option('--pretty', 'indent the JSON document')
    .addHelpText('after', EXAMPLES)
    .action((id: string | undefined, options: DoctorOptions) => runDoctor(id, options, context));
}

async function runDoctor(asked: string | undefined, options: DoctorOptions, context: CommandContext): Promise<void> {
  const ids = asked === undefined ? integrationSummaries.map(({ id }) => id) : [findIntegration(asked).id];
  const settings = await readSettings(context);
  const host = await context.host();
  try {
    const reports: Report[] = [];
    for (const id of ids) reports.push(await examine(context, host, { ...options, id, isRequested: asked !== undefined }));
    const home = homeFolder(context.env);
    const store = { file: settings.secrets.file, secrets: settings.secretKeys.length, key: await settings.secrets.describeKey() };
    const warnings = lintSettings(settings, integrationSummaries);
    const [first = null] = reports.flatMap(findFailures);
    const outcome = { success: first === null, error: first?.message ?? null, error_detail: first };
    const [only] = reports;
    const found = asked === undefined ? { providers: Object.fromEntries(reports.map((report) => [report.provider, report])) } : only;
    if (options.json === true)
      printJson({ ...outcome, ...found, kosmo_home: home, secret_store: store, warnings }, options.pretty === true);
    else {
      for (const report of reports) printForPeople(report);
      printValue(`folder of kosmo: ${home}`);
      printValue(
        store.secrets === 0
          ? `no stored secrets; the key would be ${store.key}`
          : `secrets: ${store.file}, encrypted with the key ${store.key}`,
      );
      for (const warning of warnings) printNote(`warning: ${warning}`);
    }
    context.exitCode = exitCodeOf(first);
  } finally {
    await host.close();
  }
}

function findFailures({ problems, live }: Report): readonly ErrorDetail[] {
  const refused = (live ?? []).flatMap(({ error_detail: detail }) => detail ?? []);
  // What is known of an account besides the problem is in the list of problems.
  return [...problems.map(({ account, ...detail }) => detail as ErrorDetail), ...refused];
}

async function examine(
  context: CommandContext,
  host: Host,
  { id, isRequested, account, live }: DoctorOptions & { readonly id: string; readonly isRequested: boolean },
): Promise<Report> {
  const signal = context.signal;
  const attempt = (name: string, probe: string): ReturnType<Host['call']> =>
    host.call({ integration: id, name: probe, account: name, args: {} }, { policy: { force: true }, signal });
  const diagnosis = await host.diagnose(id, { account, isRequested, ...(live === true ? { probe: attempt } : {}) });
  if (diagnosis === undefined) throw new Error(`no integration ${id}`);
  return { ...diagnosis, ...COMPATIBILITY };
}

function printForPeople({
  provider,
  title,
  active,
  enabled,
  account_states: states,
  permissions,
  rules,
  problems,
  live,
  next_commands: next,
}: Report): void {
  const lines = [`${provider}: ${active ? 'active' : enabled ? 'inactive' : 'disabled'} (${title})`];
  for (const { name, missing, fields } of states) {
    lines.push(`  account ${name}: ${missing.length === 0 ? 'complete' : `missing ${missing.join(', ')}`}`);
    for (const { key, origin, configured } of fields) {
      if (origin !== null) lines.push(`    ${configured ? '✓' : '✗'} ${key} from ${origin}`);
    }
  }
  lines.push(`  permissions: read ${permissions.read}, write ${permissions.write}`);
  for (const { account, function: name, operation, level, file, line } of rules) {
    const calls = name ?? (operation === null ? 'permissions_default' : `every ${operation}`);
    lines.push(`    ${level} ${calls}${account === null ? '' : ` of ${account}`}, by ${file}${line === null ? '' : `:${line}`}`);
  }
  for (const { account, success, error, error_detail, unproven } of live ?? []) {
    const untold = unproven.length === 0 ? '' : `; ${unproven.join(', ')} is not checked by this call, and may still be wrong`;
    lines.push(success ? `  ✓ the credentials of ${account} were accepted${untold}` : `  ✗ the call with ${account} failed: ${error}`);
    if (error_detail?.hint !== undefined) lines.push(`    ${error_detail.hint}`);
  }
  for (const { message, hint } of problems)
    lines.push(`  ✗ ${message.replace(' Nothing was sent.', '')}`, ...(hint === undefined ? [] : [`    ${hint}`]));
  lines.push(...next.map((command, index) => `  ${index === 0 ? 'next:' : '     '} ${command.replace(/ --json$/, '')}`));
  printValue(lines.join('\n'));
}
