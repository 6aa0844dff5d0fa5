import type { FunctionReport, Host } from '../runtime/index.ts';
import { usage } from './options/parse-values.ts';

/** What `--json` prints of a page. */
export type PageDocument = { readonly text: string } & Readonly<Record<string, unknown>>;

/** The list of pages. */
export function listDocument(host: Host): PageDocument {
  const functions = Object.values(host.providers()).flatMap((provider) => provider.functions);
  return { success: true, name: null, kind: 'index', ...host.listDocs(), functions };
}

/** A page. Throws `USAGE` with close names if it does not exist. */
export function pageDocument(host: Host, page: string, form: 'text' | 'markdown' | 'examples'): PageDocument {
  const { text, name, kind } = host.readDocs(page, { form });
  if (kind === undefined) throw usage(text, 'kosmo docs lists the pages');
  const [id = ''] = name.split('.');
  const functions: readonly FunctionReport[] = kind === 'guide' ? [] : (host.providers()[id]?.functions ?? []);
  if (kind !== 'function') return { success: true, name, kind, text, ...(kind === 'guide' ? {} : { functions }) };
  return { success: true, kind, text, examples: host.examples(name), ...functions.find((report) => report.name === name) };
}
