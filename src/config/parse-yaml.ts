import { type Document, isMap, isScalar, isSeq, Lexer, LineCounter, parseDocument, type Scalar, visit } from 'yaml';
import { KosmoError } from '../errors/index.ts';
import { exceedsDepth, isObject, type JsonValue } from '../json/index.ts';
import { type ConfigLayer, ROOT_KEY } from './layer.ts';

const MAX_DEPTH = 50;

/** The time of the YAML parser grows with the square of the length, and a project can contain any file. */
const MAX_CHARACTERS = 128 * 1024;

/** Parses the text of a configuration file. Throws `INVALID_CONFIGURATION` with file and line. */
export function parseConfig(file: string, text: string): Pick<ConfigLayer, 'values' | 'lineOf'> {
  const { document, lines } = parseYaml(file, text);
  const lineOf = (setting: readonly string[]): number | undefined => lineOfNode(document, lines, [ROOT_KEY, ...setting]);
  keepDigits(document);
  const values = toValues(file, document);
  checkShape(file, values, lineOf);
  return { values, lineOf };
}

/** Parses a document that is going to be changed. Throws like `parseConfig`. */
export function parseYaml(file: string, text: string): { readonly document: Document; readonly lines: LineCounter } {
  if (text.length > MAX_CHARACTERS) throw invalid(file, undefined, `${file} is longer than ${MAX_CHARACTERS / 1024} KiB.`);
  if (isNestedDeeply(text)) throw tooDeep(file);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'silent' });
  const [error] = document.errors;
  if (error !== undefined) {
    const { line, col } = lines.linePos(error.pos[0]);
    throw invalid(file, line, `${file}:${line}:${col} is not valid YAML: ${error.message.replace(/\.?$/, '.')}`);
  }
  const root = document.contents;
  if (root !== null && !isMap(root) && !(isScalar(root) && root.value === null))
    throw invalid(file, 1, `${file}:1 must be a mapping with the key ${ROOT_KEY}.`);
  return { document, lines };
}

// The parser is recursive and can exhaust stack or memory; the lexer is not. The length bounds the levels of indentation.
function isNestedDeeply(text: string): boolean {
  let [flow, block] = [0, 0];
  for (const token of new Lexer().lex(text)) {
    if (token === '[' || token === '{') flow++;
    else if (token === ']' || token === '}') flow--;
    else if (token === '-' || token === '?') block++;
    else if (token.startsWith('\n') || token.startsWith('\r')) block = 0;
    if (flow > MAX_DEPTH || block > MAX_DEPTH) return true;
  }
  return false;
}

function tooDeep(file: string): KosmoError {
  return invalid(file, undefined, `${file} is nested more than ${MAX_DEPTH} levels deep.`);
}

function toValues(file: string, document: Document): Record<string, JsonValue> {
  let all: unknown;
  try {
    all = document.toJS({ maxAliasCount: 100 });
  } catch (thrown) {
    // Aliases that expand too far, or refer to themselves.
    throw invalid(file, undefined, `${file} cannot be read: ${(thrown as Error).message}.`);
  }
  const values = (all as Record<string, JsonValue> | null)?.[ROOT_KEY] ?? {};
  if (exceedsDepth(MAX_DEPTH, values)) throw tooDeep(file);
  return values as Record<string, JsonValue>;
}

// Any other value would be ignored, and with it a rule that was meant to deny calls.
function checkShape(file: string, values: JsonValue, lineOf: ConfigLayer['lineOf']): void {
  const requireMapping = (value: JsonValue | undefined, setting: readonly string[]): value is Record<string, JsonValue> => {
    if (value === undefined || value === null) return false;
    if (isObject(value)) return true;
    const line = lineOf(setting);
    throw invalid(file, line, `${file}${line === undefined ? '' : `:${line}`}: ${[ROOT_KEY, ...setting].join('.')} must be a mapping.`);
  };
  if (!requireMapping(values, [])) return;
  for (const section of ['integrations', 'mcp']) {
    const entries = values[section];
    requireMapping(entries, [section]);
  }
}

// As numbers, values would lose leading zeros or digits: `customer_id: 007`, `app_id: 12e34`.
function keepDigits(document: Document): void {
  const accounts = document.getIn([ROOT_KEY, 'integrations'], true);
  if (!isMap(accounts)) return;
  for (const { value: integration } of accounts.items) {
    if (!isMap(integration)) continue;
    const named = integration.get('accounts', true);
    if (!isMap(named)) continue;
    visit(named, {
      Scalar(key, node: Scalar) {
        if (key !== 'key' && node.source !== undefined && node.value !== null) node.value = node.source;
      },
    });
  }
}

// For a missing setting, the line of the nearest mapping around it.
function lineOfNode(document: Document, lines: LineCounter, setting: readonly string[]): number | undefined {
  for (let length = setting.length; length > 0; length--) {
    const parent = length === 1 ? document.contents : document.getIn(setting.slice(0, length - 1), true);
    const name = setting[length - 1];
    if (isSeq(parent)) {
      const range = (parent.get(Number(name), true) as { range?: readonly number[] } | undefined)?.range;
      if (range?.[0] !== undefined) return lines.linePos(range[0]).line;
    }
    if (!isMap(parent)) continue;
    const pair = parent.items.find(({ key }) => isScalar(key) && String(key.value) === name);
    const start = isScalar(pair?.key) ? pair.key.range?.[0] : undefined;
    if (start !== undefined) return lines.linePos(start).line;
  }
  return undefined;
}

function invalid(file: string, line: number | undefined, message: string): KosmoError {
  return new KosmoError('INVALID_CONFIGURATION', message, {
    hint: `edit ${file}, or move it away`,
    details: { file, ...(line === undefined ? {} : { line }) },
  });
}
