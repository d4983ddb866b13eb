import { createHash } from 'node:crypto';
import type { Configuration } from '@switchyard/contracts/routing';

/** What a model of a provider was used for. */
export interface ModelUse {
  readonly provider: string;
  readonly model: string;
  /** Such as `user_request` or `probe`. */
  readonly purpose: string;
  /** Such as `charge`. */
  readonly line: string;
  readonly attempts: bigint;
  readonly unpricedAttempts: bigint;
  readonly inputTokens: bigint;
  /** Those of reasoning included. */
  readonly outputTokens: bigint;
  readonly reasoningTokens: bigint;
  readonly costNanoUsd: bigint;
}

/** What applying a recommendation changes. */
export type RecommendedChange =
  /** What routing's ApplyConfiguration takes. */
  | { readonly kind: 'configuration'; readonly configuration: Configuration }
  | { readonly kind: 'probes_off'; readonly provider: string };

/** Something that would have cost less. */
export interface Recommendation {
  readonly id: string;
  readonly type: 'cheaper_offering' | 'cheaper_model' | 'idle_probes';
  /** What would have been saved in the period, in nano-USD. */
  readonly savingsNanoUsd: bigint;
  readonly description: string;
  /** The numbers behind it. */
  readonly evidence: Readonly<Record<string, string>>;
  /** What does it; '' where it takes more than a command. */
  readonly command: string;
  /** undefined: the configuration cannot do it. */
  readonly change: RecommendedChange | undefined;
}

/** Savings that are worth a word: a cent, and a tenth of the cost. */
const LEAST_NANO_USD = 10_000_000n;
const LEAST_SHARE = 10n;

/** Whether a saving is worth a word. */
export const isWorthIt = (savingsNanoUsd: bigint, costNanoUsd: bigint): boolean =>
  savingsNanoUsd >= LEAST_NANO_USD && savingsNanoUsd * LEAST_SHARE >= costNanoUsd;

/** A name that is the same whenever the same is recommended. */
export const recommendationId = (about: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(about)).digest('hex').slice(0, 12);
