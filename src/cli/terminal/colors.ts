import { styleText } from 'node:util';
import { useColour } from './capabilities.ts';
import { streams } from './streams.ts';
import type { TextStream } from './text-stream.ts';

/** What text can look like: a name of `util.styleText`. */
export type Style = 'bold' | 'dim' | 'red' | 'yellow' | 'green' | 'cyan';

/** Colours a text if the stream shows colours. The caller passes untrusted text through `escapeControlCharacters` first. */
export function paint(look: Style, text: string, stream: TextStream = streams().stdout): string {
  // The stream has been asked already; Node would forget FORCE_COLOR for a pipe.
  return useColour(stream) ? styleText(look, text, { validateStream: false }) : text;
}
