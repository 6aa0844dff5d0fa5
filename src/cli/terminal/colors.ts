import { styleText } from 'node:util';
import { useColour } from './capabilities.ts';
import { streams } from './streams.ts';
import type { TextStream } from './text-stream.ts';

/** What text can look like: a name of `util.styleText`. */
export type Style = 'bold' | 'dim' | 'red' | 'yellow' | 'green' | 'cyan';

/** Colours a text for the stream, where colour is wanted there. Text of somebody else's has been through `visibleText` before. */
export function paint(look: Style, text: string, stream: TextStream = streams().stdout): string {
  // The stream has been asked already; Node would forget FORCE_COLOR for a pipe.
  return useColour(stream) ? styleText(look, text, { validateStream: false }) : text;
}
