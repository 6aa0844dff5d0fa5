import type { RunOptions } from '../runtime/index.ts';
import type { InputRequests, InputResponses } from './client-questions.ts';

type ApprovalRequest = Parameters<NonNullable<RunOptions['policy']['ask']>>[0];

/** The form in which a client asks for approval. */
const FORM = {
  type: 'object',
  properties: { approve: { type: 'boolean', title: 'Allow this call', description: 'Yes allows it once.' } },
  required: ['approve'],
} as const;

/** Asks the user for approval of a call through the MCP client (elicitation). */
export function approvalQuestion({ provider, name, account, args }: ApprovalRequest): InputRequests {
  const what = account === null ? `MCP ${provider.id}.${name}` : `${provider.id}.${name} (account ${account})`;
  const message = `${what} changes something:\n${JSON.stringify(args, null, 2)}`;
  return { approval: { method: 'elicitation/create', params: { message, requestedSchema: FORM } } };
}

/** Whether the user approved. Every other answer, and no answer, is a no. */
export function isApproved({ approval }: InputResponses): boolean {
  const { action, content } = (approval ?? {}) as { readonly action?: string; readonly content?: { readonly approve?: unknown } };
  return action === 'accept' && content?.approve === true;
}
