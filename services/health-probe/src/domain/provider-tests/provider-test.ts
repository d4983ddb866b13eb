import type { CompleteRequest, FinishReason, Message, Usage } from '@switchyard/contracts/routing';

/** What a provider answered to a test. */
export interface TestAnswer {
  readonly requestId: string;
  readonly message: Message | undefined;
  readonly finishReason: FinishReason;
  readonly usage: Usage | undefined;
  /** Nano-USD; undefined where a price is unknown. */
  readonly costNanoUsd: bigint | undefined;
  /** Pieces that the text came in; 1 where it was not streamed. */
  readonly pieces: number;
}

/** What is to be said of an answer. */
export type Verdict =
  | { readonly kind: 'passed'; readonly detail: string }
  | { readonly kind: 'failed'; readonly detail: string; readonly advice: string };

/** One test of what a provider can do. */
export interface ProviderTest {
  readonly name: string;
  /** Capabilities that its model must have. */
  readonly needs: readonly string[];
  readonly stream: boolean;
  /** What is asked, but for the model and whom it is for. */
  readonly ask: Partial<CompleteRequest>;
  readonly judge: (answer: TestAnswer) => Verdict;
}

/** A test that cannot be made yet, and why. */
export interface UnofferedTest {
  readonly name: string;
  readonly why: string;
}

/** All text of an answer. */
export const textOf = ({ message }: TestAnswer): string =>
  (message?.parts ?? []).map(({ content }) => (content?.$case === 'text' ? content.value : '')).join('');

export const passed = (detail: string): Verdict => ({ kind: 'passed', detail });
export const failed = (detail: string, advice: string): Verdict => ({ kind: 'failed', detail, advice });
