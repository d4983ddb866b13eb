import type { TextSink } from './text-sink.ts';

/** How text for people is laid out. */
export interface View {
  /** Whether there may be colour: on a terminal, unless NO_COLOR is set (no-color.org). */
  readonly color: boolean;
  /** Columns of a line; Infinity where nobody's terminal is in the way. */
  readonly width: number;
}

/** For files and pipes: no colour, lines as long as they are. */
export const PLAIN: View = { color: false, width: Number.POSITIVE_INFINITY };

/** How to write to a sink. */
export function viewOf(
  { isTTY, columns }: TextSink,
  env: Readonly<Record<string, string | undefined>>,
): View {
  if (isTTY !== true) return PLAIN;
  return { color: (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb', width: columns || PLAIN.width };
}

/** What a colour means. */
export type Tone = 'good' | 'warn' | 'bad' | 'dim';

/** Codes of ECMA-48, "select graphic rendition". */
const CODES: Readonly<Record<Tone, number>> = { good: 32, warn: 33, bad: 31, dim: 2 };

/** A text in a tone, where there may be colour. */
export const paint = (text: string, tone: Tone | undefined, { color }: View): string =>
  color && tone !== undefined && text.trim() !== '' ? `\u001b[${CODES[tone]}m${text}\u001b[0m` : text;
