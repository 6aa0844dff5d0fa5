import { isObject, type JsonObject, type JsonValue } from '../../json/index.ts';
import { printNote, printTable } from '../terminal/output.ts';

type Rows = readonly JsonObject[];

/** Prints the resources of a server and its templates as a table. */
export function printResources(server: string, resources: JsonValue, templates: JsonValue): void {
  const row = (entry: JsonObject, uri: JsonValue | undefined): readonly string[] => [
    text(uri),
    text(entry.title ?? entry.name),
    text(entry.mimeType),
    firstLine(text(entry.description)),
  ];
  const rows = [
    ...objects(resources).map((entry) => row(entry, entry.uri)),
    ...objects(templates).map((entry) => row(entry, entry.uriTemplate)),
  ];
  if (rows.length === 0) printNote(`note: ${server} has no resources`);
  else printTable(['URI', 'Name', 'Type', 'Description'], rows);
}

/** Prints the prompts of a server as a table: `<topic>` is required, `[style]` optional. */
export function printPrompts(server: string, prompts: JsonValue): void {
  const rows = objects(prompts).map(({ name, description, arguments: args }) => [
    text(name),
    objects(args ?? [])
      .map((argument) => (argument.required === true ? `<${text(argument.name)}>` : `[${text(argument.name)}]`))
      .join(' '),
    firstLine(text(description)),
  ]);
  if (rows.length === 0) printNote(`note: ${server} has no prompts`);
  else printTable(['Prompt', 'Arguments', 'Description'], rows);
}

function objects(list: JsonValue): Rows {
  return Array.isArray(list) ? (list as readonly JsonValue[]).filter(isObject) : [];
}

function text(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

function firstLine(description: string): string {
  const [line = ''] = description.trim().split('\n');
  return line.length > 100 ? `${line.slice(0, 100)}…` : line;
}
