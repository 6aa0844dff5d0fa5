import { isSecretName, KosmoError } from '../../errors/index.ts';
import type { Elicit, InputRequest } from '../../integration/index.ts';
import { isObject, type JsonObject, type JsonValue } from '../../json/index.ts';
import { isInteractive } from './capabilities.ts';
import { printNote } from './output.ts';
import { openTerminalPrompt, type Prompt, takeTurn } from './prompt.ts';
import { visibleLine } from './visible-text.ts';

const MAX_TEXT = 2000;

/**
 * Asks the user at the terminal what an MCP server wants to know; undefined without a terminal. Enter takes the default of a field.
 * `question` asks in place of a prompt of its own.
 */
export function elicitationPrompt(question?: Prompt): Elicit | undefined {
  const prompt = isInteractive() ? (question ?? openTerminalPrompt()) : undefined;
  return prompt && askQuestions(prompt);
}

/** Puts the questions to `prompt`, one after the other. */
export function askQuestions(prompt: Prompt): Elicit {
  return (questions, { server, signal }) =>
    takeTurn(async () => {
      signal.throwIfAborted();
      const answers: [string, JsonValue][] = [];
      for (const [key, request] of Object.entries(questions)) answers.push([key, await answer(server, request, prompt, signal)]);
      return Object.fromEntries(answers);
    });
}

async function answer(server: string, { method, params }: InputRequest, prompt: Prompt, signal: AbortSignal): Promise<JsonObject> {
  if (method !== 'elicitation/create')
    throw new KosmoError('ELICITATION_REQUIRED', `MCP server '${server}' sends ${visibleLine(method)}, which kosmo does not answer.`);
  const { message, mode, url, requestedSchema } = params;
  printNote(`\nMCP server '${server}' asks: ${visibleLine(typeof message === 'string' ? message : '', MAX_TEXT)}`);
  if (mode === 'url') return openPage(url, prompt, signal);
  const { properties } = isObject(requestedSchema) ? requestedSchema : {};
  const fields = Object.entries(isObject(properties) ? properties : {});
  const secret = fields.find(([name, field]) => isSecretName(name) || (isObject(field) && field.format === 'password'));
  if (secret !== undefined)
    throw new KosmoError(
      'ELICITATION_REQUIRED',
      `MCP server '${server}' asks for '${visibleLine(secret[0])}', and kosmo sends no secrets.`,
      {
        hint: `give it to the server with kosmo mcp:secret:set ${server} <key>`,
      },
    );
  if (fields.length === 0) return confirm('Accept? [Y/n] ', prompt, signal);
  const { required } = isObject(requestedSchema) ? requestedSchema : {};
  const content: [string, JsonValue][] = [];
  for (const [name, field] of fields) {
    const isRequired = Array.isArray(required) && required.includes(name);
    const value = await askField(name, isObject(field) ? field : {}, isRequired, (text) => prompt(text, signal));
    if (value === CANCELED) return { action: 'cancel' };
    if (value !== undefined) content.push([name, value]);
  }
  return { action: 'accept', content: Object.fromEntries(content) };
}

async function openPage(url: JsonValue | undefined, prompt: Prompt, signal: AbortSignal): Promise<JsonObject> {
  printNote(`Open this page in a browser: ${visibleLine(typeof url === 'string' ? url : '', MAX_TEXT)}`);
  return confirm('Press Enter to go on, n to decline: ', prompt, signal);
}

async function confirm(text: string, prompt: Prompt, signal: AbortSignal): Promise<JsonObject> {
  const given = await prompt(text, signal);
  if (given === undefined) return { action: 'cancel' };
  return /^n(o)?$/i.test(given.trim()) ? { action: 'decline' } : { action: 'accept' };
}

const CANCELED = Symbol('canceled');

async function askField(
  name: string,
  field: JsonObject,
  isRequired: boolean,
  ask: (text: string) => Promise<string | undefined>,
): Promise<JsonValue | undefined | typeof CANCELED> {
  const { title, description, default: preset } = field;
  if (typeof description === 'string') printNote(visibleLine(description, MAX_TEXT));
  const choices = choicesOf(field);
  const options = choices.length === 0 ? '' : ` (${choices.join(', ')})`;
  const enter = preset === undefined ? '' : ` [${typeof preset === 'string' ? preset : JSON.stringify(preset)}]`;
  const label = visibleLine(`${typeof title === 'string' ? title : name}${options}${enter}: `, MAX_TEXT);
  for (;;) {
    const given = (await ask(label))?.trim();
    if (given === undefined) return CANCELED;
    if (given === '' && preset !== undefined) return preset;
    if (given === '' && !isRequired) return undefined;
    const value = given === '' ? undefined : readValue(given, field, choices);
    if (value !== undefined) return value;
    printNote(choices.length > 0 ? `Write one of ${choices.join(', ')}.` : `Write a value of the type ${String(field.type ?? 'string')}.`);
  }
}

/** The values of an enum, whichever of the four forms of the protocol it has. */
function choicesOf(field: JsonObject): readonly string[] {
  const { enum: plain, oneOf, anyOf, items } = field;
  const titled = [oneOf, anyOf].find(Array.isArray) as readonly JsonValue[] | undefined;
  if (Array.isArray(plain)) return plain.map(String);
  if (titled !== undefined) return titled.flatMap((option) => (isObject(option) && typeof option.const === 'string' ? [option.const] : []));
  return isObject(items) ? choicesOf(items) : [];
}

function readValue(given: string, { type }: JsonObject, choices: readonly string[]): JsonValue | undefined {
  if (type === 'array') {
    const values = given.split(',').map((value) => value.trim());
    return values.every((value) => choices.length === 0 || choices.includes(value)) ? values : undefined;
  }
  if (choices.length > 0) return choices.includes(given) ? given : undefined;
  if (type === 'boolean') return /^(y(es)?|true)$/i.test(given) ? true : /^(no?|false)$/i.test(given) ? false : undefined;
  if (type === 'integer' || type === 'number') {
    const number = Number(given);
    return Number.isFinite(number) && (type === 'number' || Number.isInteger(number)) ? number : undefined;
  }
  return given;
}
