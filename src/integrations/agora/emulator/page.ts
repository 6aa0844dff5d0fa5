import { createHash } from 'node:crypto';
import { ENDPOINTS, type FaultView, KINDS } from './faults.ts';
import type { RecordingView } from './recording.ts';
import type { SeenRequest } from './seen-requests.ts';

/** The data that the page of the emulator shows. */
export interface PageState {
  readonly now: number;
  readonly recordings: readonly RecordingView[];
  readonly faults: readonly FaultView[];
  readonly requests: readonly SeenRequest[];
  /** The fault of the form that was sent. */
  readonly problem?: string;
}

const STYLE = `
:root { color-scheme: light dark; --line: #d5d9e0; --soft: #5c6470; --back: #fff; --text: #1b1f24; --bad: #b3261e; --button: #eef1f5 }
@media (prefers-color-scheme: dark) { :root { --line: #3a4048; --soft: #a0a8b3; --back: #15181c; --text: #e6e9ed; --bad: #ff8a80; --button: #262b32 } }
* { box-sizing: border-box }
body { margin: 0 auto; padding: 1rem; max-width: 84rem; background: var(--back); color: var(--text); font: 15px/1.45 system-ui, sans-serif }
h1 { font-size: 1.3rem; margin: 0 } h2 { font-size: 1.05rem; margin: 1.6rem 0 .5rem }
p { margin: .3rem 0 } .soft { color: var(--soft) } .bad { color: var(--bad) }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 6px }
table { border-collapse: collapse; width: 100% } th, td { text-align: left; padding: .35rem .6rem; white-space: nowrap }
th { font-weight: 600; color: var(--soft) } tr + tr td { border-top: 1px solid var(--line) }
code, td { font-variant-numeric: tabular-nums } code { font: 13px ui-monospace, monospace }
form { display: flex; flex-wrap: wrap; gap: .5rem; align-items: end; margin: .5rem 0 }
label { display: grid; gap: .15rem; font-size: .85rem; color: var(--soft) }
input, select, button { font: inherit; color: inherit; padding: .3rem .6rem; border: 1px solid var(--line); border-radius: 6px; background: var(--back) }
input { min-width: 14rem; max-width: 100% } button { background: var(--button); cursor: pointer }
@media (max-width: 30rem) { label, input, select { width: 100% } }
`;

// Asks for the page again and shows its live part: the server alone writes HTML.
const SCRIPT = `
const live = document.getElementById('live');
setInterval(async () => {
  try {
    const text = await (await fetch('/', { headers: { accept: 'text/html' } })).text();
    const fresh = new DOMParser().parseFromString(text, 'text/html').getElementById('live');
    if (fresh !== null && fresh.innerHTML !== live.innerHTML) live.replaceChildren(...fresh.childNodes);
    document.getElementById('gone').hidden = true;
  } catch {
    document.getElementById('gone').hidden = false;
  }
}, 1000);
`;

const STEPS: readonly (readonly [seconds: number, text: string])[] = [
  [10, '10 s'],
  [60, '1 min'],
  [300, '5 min'],
  [3600, '1 h'],
  [86_400, '1 day'],
];
const STATUSES: Readonly<Record<number, string>> = {
  0: 'not started',
  1: 'initialised',
  2: 'starting',
  3: 'partly ready',
  4: 'ready',
  5: 'in progress',
  6: 'stop requested',
  7: 'stopped',
  8: 'exited',
};

/** Headers of the page: no other site can frame it, and nothing but its own style and script counts. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; style-src '${digest(STYLE)}'; script-src '${digest(SCRIPT)}'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`,
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};

/** The page for people: what runs, what was asked, what goes wrong, and forms for faults and the clock. Every text is escaped. */
export function renderPage({ now, recordings, faults, requests, problem }: PageState): string {
  const live = [clock(now), recordingTable(recordings), faultTable(faults), requestTable(requests)].join('\n');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Agora emulator</title>
<style>${STYLE}</style>
</head>
<body>
<h1>Agora emulator</h1>
<p class="soft">It imitates Agora Cloud Recording. It records nothing and uploads nothing.</p>
<p class="bad" id="gone" hidden>The emulator does not answer any more. This page shows its last state.</p>
${problem === undefined ? '' : `<p class="bad" role="alert">${escapeHtml(problem)}</p>`}
<h2>Add a fault</h2>
<form method="post" action="/_emulator/faults">
<label>Endpoint<select name="endpoint">${options(['any', ...ENDPOINTS.filter((name) => name !== 'any')])}</select></label>
<label>Fault<select name="kind">${options(Object.keys(KINDS))}</select></label>
<label>Options<input name="options" placeholder="status=500,count=1" autocomplete="off"></label>
<button>Add</button>
</form>
<form method="post" action="/_emulator/faults"><button name="clear" value="all">Remove all faults</button></form>
<h2>Move the clock</h2>
<form method="post" action="/_emulator/clock">${STEPS.map(([seconds, text]) => `<button name="seconds" value="${seconds}">+ ${text}</button>`).join('\n')}</form>
<main id="live">
${live}
</main>
<noscript><p class="soft">Load the page again to see what has changed.</p></noscript>
<script>${SCRIPT}</script>
</body>
</html>
`;
}

function clock(now: number): string {
  return `<h2>Clock</h2>\n<p>${time(now)} UTC</p>`;
}

function recordingTable(recordings: readonly RecordingView[]): string {
  const rows = recordings
    .toReversed()
    .map(({ cname, uid, mode, phase, status, startedAt, sid, failure }) => [
      cname,
      uid,
      mode,
      phase,
      `${status} ${STATUSES[status] ?? ''}${failure === undefined ? '' : `, no ${failure}`}`,
      time(startedAt),
      sid,
    ]);
  return section('Recordings', ['Channel', 'uid', 'Mode', 'Phase', 'Status', 'Started', 'sid'], rows, 'No recording has been started.');
}

function faultTable(faults: readonly FaultView[]): string {
  const rows = faults.map(({ endpoint, kind, hits, left, ...rest }) => [
    endpoint,
    kind,
    Object.entries(rest)
      .map(([name, value]) => `${name}=${typeof value === 'object' ? JSON.stringify(value) : value}`)
      .join(', '),
    String(hits),
    left === undefined ? 'no limit' : String(left),
  ]);
  return section('Faults', ['Endpoint', 'Fault', 'Options', 'Met', 'Left'], rows, 'Nothing goes wrong.');
}

function requestTable(requests: readonly SeenRequest[]): string {
  const rows = requests.toReversed().map(({ at, method, path, status, code, durationMs, fault }) => [
    new Date(at).toISOString().slice(11, 19),
    status === 0 ? 'none' : `${status}${code === undefined ? '' : `, code ${code}`}`,
    // Ids of resources have 256 characters.
    `${method} ${path.replaceAll(/[^/]{33,}/g, (id) => `${id.slice(0, 8)}…`)}`,
    `${durationMs} ms`,
    fault ?? '',
  ]);
  return section('Requests', ['Time', 'Response', 'Request', 'Took', 'Fault'], rows, 'No request has come.');
}

function section(title: string, heads: readonly string[], rows: readonly (readonly string[])[], empty: string): string {
  if (rows.length === 0) return `<h2>${title}</h2>\n<p class="soft">${empty}</p>`;
  const head = heads.map((each) => `<th scope="col">${each}</th>`).join('');
  const body = rows.map((cells) => `<tr>${cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('')}</tr>`).join('\n');
  return `<h2>${title}</h2>\n<div class="scroll"><table><tr>${head}</tr>\n${body}</table></div>`;
}

function options(names: readonly string[]): string {
  return names.map((name) => `<option>${name}</option>`).join('');
}

function time(ms: number): string {
  return new Date(Math.min(ms, 8.64e15)).toISOString().slice(0, 19).replace('T', ' ');
}

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function digest(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
