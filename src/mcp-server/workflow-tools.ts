import { KosmoError } from '../errors/index.ts';
import { type LeftOpen, type OfferedWorkflow, shownInput, type WorkflowDeclaration } from '../runtime/index.ts';
import type { JsonSchema, ValuePath } from '../schema/index.ts';
import { reportScript } from './execute-lua.ts';
import type { Exposure } from './exposure.ts';
import { annotationsOf, type GatewayTool, type ToolOptions, withToolNames } from './gateway-tool.ts';

/** One tool for each workflow whose declared calls the gateway offers: `workflow__record_channel`. */
export function workflowTools(options: ToolOptions, workflows: readonly OfferedWorkflow[]): readonly GatewayTool[] {
  return named(workflows)
    .filter(([, workflow]) => refusalOf(workflow, options.exposure) === undefined)
    .map(([name, workflow]) => workflowTool(name, workflow, options));
}

/** Why the tool of this name does not exist, if it would be the tool of a workflow. */
export function workflowRefusal(name: string, workflows: readonly OfferedWorkflow[], exposure: Exposure): KosmoError | undefined {
  const [, workflow] = named(workflows).find(([candidate]) => candidate === name) ?? [];
  return workflow === undefined ? undefined : refusalOf(workflow, exposure);
}

function named(workflows: readonly OfferedWorkflow[]): readonly (readonly [name: string, workflow: OfferedWorkflow])[] {
  return withToolNames(workflows, ({ name }) => ['workflow', name]);
}

function workflowTool(name: string, workflow: OfferedWorkflow, { host, results, policy }: ToolOptions): GatewayTool {
  const { chunk, code, declaration } = workflow;
  return {
    definition: {
      name,
      title: workflow.name,
      description: declaration.description || `Run the workflow ${workflow.name}.`,
      inputSchema: markSecrets(declaration),
      annotations: annotationsOf(isRead(declaration) ? 'read' : 'write'),
    },
    async run(args, call) {
      let open: readonly LeftOpen[] = [];
      const { modules, approval } = await workflow.open();
      const report = await host.run(code, {
        chunk,
        policy: policy(call),
        input: args,
        modules,
        ...(approval && { approval }),
        onCall: (event) => event.event === 'progress' || call.tell(event),
        onLog: ({ text }) => call.tell({ event: 'log', text }),
        onLeftOpen: (resources) => {
          open = resources;
        },
        signal: call.signal,
        elicit: (...asked) => call.holdPlace(() => call.elicit(...asked)),
        relay: { meta: call.meta },
      });
      return reportScript(results, name, report, open);
    },
  };
}

// Without declared calls a workflow may call everything. The operation of a tool of an MCP server is not known here.
function isRead({ calls }: WorkflowDeclaration): boolean {
  return calls?.every(({ operation }) => operation === 'read') ?? false;
}

function refusalOf({ name, declaration }: OfferedWorkflow, exposure: Exposure): KosmoError | undefined {
  const { calls } = declaration;
  if (calls === undefined)
    return new KosmoError('NOT_EXPOSED', `The workflow ${name} does not declare its calls. Nothing was run.`, {
      hint: 'add calls to its declaration: kosmo docs workflows',
    });
  return calls
    .map(({ function: { provider, name: called }, operation = 'write' }) => exposure.refusal({ provider, name: called, operation }))
    .find((refusal) => refusal !== undefined);
}

/** The schema of the input, in which the description of a secret field says that it is one. */
function markSecrets(declaration: WorkflowDeclaration): GatewayTool['definition']['inputSchema'] {
  const mark = (schema: JsonSchema, [part, ...rest]: ValuePath): JsonSchema => {
    if (part === undefined) return { ...schema, description: `Secret. ${schema.description ?? ''}`.trim() };
    if (typeof part === 'number') return schema.items === undefined ? schema : { ...schema, items: mark(schema.items, rest) };
    const property = schema.properties?.[part];
    return property === undefined ? schema : { ...schema, properties: { ...schema.properties, [part]: mark(property, rest) } };
  };
  return { ...declaration.secrets.reduce<JsonSchema>(mark, shownInput(declaration)), type: 'object' };
}
