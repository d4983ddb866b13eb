import type {
  CompleteRequest,
  Embedding,
  EmbedRequest,
  FinishReason,
  Message,
  Usage,
} from '@switchyard/contracts/routing';
import type { CallFailure } from './advice.ts';

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
  | { readonly kind: 'failed'; readonly detail: string; readonly advice: string }
  /** It says nothing of this provider. */
  | { readonly kind: 'unsupported'; readonly detail: string; readonly advice: string };

/** What a provider answered to a test of its vectors. */
export interface EmbedAnswer {
  readonly embeddings: readonly Embedding[];
  readonly usage: Usage | undefined;
}

interface Named {
  readonly name: string;
  /** Capabilities that its model must have. */
  readonly needs: readonly string[];
  /** What is to be said of a call that failed; undefined: it failed. Default: that. */
  readonly judgeFailure?: (failure: CallFailure) => Verdict | undefined;
}

/** A test of what a provider writes. */
export interface CompletionTest extends Named {
  readonly kind: 'completion';
  readonly stream: boolean;
  /** What is asked, but for the model and whom it is for. */
  readonly ask: Partial<CompleteRequest>;
  readonly judge: (answer: TestAnswer) => Verdict;
}

/** A test of a provider's vectors. */
export interface EmbeddingTest extends Named {
  readonly kind: 'embedding';
  readonly ask: Partial<EmbedRequest>;
  readonly judge: (answer: EmbedAnswer) => Verdict;
}

/** One test of what a provider can do. */
export type ProviderTest = CompletionTest | EmbeddingTest;

/** All text of an answer. */
export const textOf = ({ message }: TestAnswer): string =>
  (message?.parts ?? []).map(({ content }) => (content?.$case === 'text' ? content.value : '')).join('');

export const passed = (detail: string): Verdict => ({ kind: 'passed', detail });
export const failed = (detail: string, advice: string): Verdict => ({ kind: 'failed', detail, advice });
