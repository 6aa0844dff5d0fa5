/** The modes of a recording (contract: `mode` in the path). */
export const MODES = ['individual', 'mix', 'web'] as const;

export type Mode = (typeof MODES)[number];

export function isMode(text: string | undefined): text is Mode {
  return (MODES as readonly (string | undefined)[]).includes(text);
}
