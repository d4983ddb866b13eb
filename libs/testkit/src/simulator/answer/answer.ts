import type { TokenCounts } from '../stats/simulator-stats.ts';

/** A finished answer, before any wire format. */
export interface Answer {
  /** Absent when there was no reasoning. */
  readonly reasoning?: { readonly text: string; readonly tokens: number };
  readonly content:
    | { readonly kind: 'text'; readonly text: string }
    | { readonly kind: 'tools'; readonly calls: readonly ToolCall[] };
  readonly finish: Finish;
  readonly usage: TokenCounts;
}

/** A call of one of the offered tools. */
export interface ToolCall {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** `input` as JSON. */
  readonly inputJson: string;
}

/** Why an answer ended. */
export type Finish =
  | { readonly kind: 'end' }
  | { readonly kind: 'length' }
  | { readonly kind: 'tools' }
  | { readonly kind: 'stop-sequence'; readonly sequence: string };
