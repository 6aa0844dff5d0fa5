import { executeLua } from './execute-lua.ts';
import type { GatewayTool, ToolOptions } from './gateway-tool.ts';
import { isText, wrongArgument } from './tool-arguments.ts';
import type { ToolResult } from './tool-results.ts';

const LOCAL = { readOnlyHint: true, destructiveHint: false, openWorldHint: false };

/** The tools of code mode: an agent finds and reads the documentation, then runs one script instead of many calls. */
export function codeModeTools(options: ToolOptions): readonly GatewayTool[] {
  const { host, exposure, results } = options;
  const restrict = exposure.refusal;
  const servers = async (): Promise<string> => {
    const names = (await host.mcp.names()).filter((name) => exposure.upstreamRefusal(name, 'tools') === undefined);
    return names.length === 0 ? '' : `\n\nMCP servers, each with a page of its tools: ${names.map((name) => `mcp.${name}`).join(', ')}`;
  };
  // Without data: the client would pay for the same text twice.
  const text = (name: string, found: { readonly text: string; readonly found: boolean }): ToolResult =>
    results.report(name, found.text, undefined, !found.found);
  return [
    {
      definition: {
        name: 'lua_list_docs',
        title: 'List Lua functions and guides',
        description: 'List the functions that a script can call, and the guides.',
        inputSchema: { type: 'object', properties: {} },
        annotations: LOCAL,
      },
      run: async () => text('documentation', { text: host.listDocs(restrict).text + (await servers()), found: true }),
    },
    {
      definition: {
        name: 'lua_search_docs',
        title: 'Search the documentation',
        description: 'Find functions, parameters and guides by words.',
        inputSchema: { type: 'object', properties: { query: { type: 'string' } }, required: ['query'] },
        annotations: LOCAL,
      },
      run: async ({ query }) =>
        isText(query) ? text('search', { text: host.searchDocs(query, restrict), found: true }) : wrongArgument(results, 'query', 'words'),
    },
    {
      definition: {
        name: 'lua_read_doc',
        title: 'Read a page of the documentation',
        description:
          'Read the page of a function, by its listed name, or a guide such as overview: parameters, results, errors, a script that works.',
        inputSchema: { type: 'object', properties: { page: { type: 'string' } }, required: ['page'] },
        annotations: LOCAL,
      },
      async run({ page }) {
        if (!isText(page)) return wrongArgument(results, 'page', 'the name of a page');
        const ofServer = await host.mcp.readDocs(page, restrict);
        return text(page, ofServer === undefined ? host.readDocs(page, { restrict }) : { text: ofServer, found: true });
      },
    },
    executeLua(options),
  ];
}
