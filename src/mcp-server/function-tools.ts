import { KosmoError } from '../errors/index.ts';
import { integrationProvider } from '../integration/index.ts';
import type { JsonValue } from '../json/index.ts';
import type { FunctionReport, Host } from '../runtime/index.ts';
import type { ObjectSchema } from '../schema/index.ts';
import type { Exposure } from './exposure.ts';
import { annotationsOf, type GatewayTool, type ToolOptions, toolName } from './gateway-tool.ts';
import { describeOutput } from './output-schema.ts';

/** One tool for each function of the exposed integrations that can be called here: `integration__agora__query_recording`. */
export function functionTools({ host, exposure, results, policy }: ToolOptions): readonly GatewayTool[] {
  return functionsOf(host)
    .filter((report) => report.active && exposure.refusal(subjectOf(report)) === undefined)
    .map((report) => ({
      definition: {
        name: nameOf(report),
        title: report.name,
        description: report.description,
        inputSchema: withAccount(report),
        outputSchema: describeOutput(report.output_schema),
        annotations: annotationsOf(report.operation),
      },
      async run({ _account, ...args }, call) {
        const account = _account ?? 'default';
        if (typeof account !== 'string' || !report.accounts.includes(account))
          return results.failure(unknownAccount(report, account).toJSON());
        const { provider: integration, function: name } = report;
        const answer = await host.call(
          { integration, name, account, args },
          { policy: policy(call), signal: call.signal, onCall: call.tell },
        );
        return answer.error_detail === null ? results.success(report.name, answer.data) : results.failure(answer.error_detail);
      },
    }));
}

/** Why the tool of this name is not there, when it would be one of a function. */
export function functionRefusal(host: Host, exposure: Exposure, name: string): KosmoError | undefined {
  const report = functionsOf(host).find((candidate) => nameOf(candidate) === name);
  if (report === undefined) return undefined;
  const refusal = exposure.refusal(subjectOf(report));
  if (refusal !== undefined || report.active) return refusal;
  return new KosmoError('NOT_CONFIGURED', `Integration '${report.provider}' is not configured. Nothing was sent.`, {
    hint: `kosmo integrations:doctor ${report.provider} says what is missing`,
  });
}

function functionsOf(host: Host): readonly FunctionReport[] {
  return Object.values(host.providers()).flatMap(({ functions }) => functions);
}

function nameOf({ provider, function: name }: FunctionReport): string {
  return toolName('integration', provider, name);
}

function subjectOf({ provider, function: name, operation }: FunctionReport): Parameters<Exposure['refusal']>[0] {
  return { provider: integrationProvider(provider), name, operation };
}

// A client sees the accounts only if there is a choice.
function withAccount({ input_schema: schema, accounts }: FunctionReport): ObjectSchema {
  if (accounts.length < 2) return schema;
  const _account = { type: 'string', enum: accounts, description: 'Whose credentials to use.', default: 'default' } as const;
  return { ...schema, properties: { ...schema.properties, _account } };
}

function unknownAccount({ provider, accounts }: FunctionReport, account: JsonValue): KosmoError {
  return new KosmoError('INVALID_ARGUMENTS', `_account: ${provider} has no account ${JSON.stringify(account)}. Nothing was sent.`, {
    hint: `there are ${accounts.join(', ')}`,
  });
}
