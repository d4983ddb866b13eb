import type { TimedText, Usage } from '@switchyard/contracts/routing';

/** What was said, as a provider wrote it down, decoded. */
export interface DecodedTranscript {
  readonly text: string;
  /** As the provider names it; "" where it does not say. */
  readonly language: string;
  readonly durationSeconds: number | undefined;
  readonly words: TimedText[];
  readonly segments: TimedText[];
  /** By tokens or by the second; `undefined` where the provider reported neither. */
  readonly usage: Usage | undefined;
  /** The model id that the provider reported; "" for none. */
  readonly providerModel: string;
}
