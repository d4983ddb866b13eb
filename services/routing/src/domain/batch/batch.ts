/** Where a batch stands, as OpenAI names it. */
export type BatchState =
  | 'validating'
  | 'in_progress'
  | 'finalizing'
  | 'completed'
  | 'failed'
  | 'cancelling'
  | 'cancelled'
  | 'expired';

/** Whether a batch may make use of providers' batches. */
export type ProviderBatchUse = 'auto' | 'on' | 'off';

/** States that are not the end: a replica works on such a batch. */
export const OPEN_STATES: readonly BatchState[] = ['validating', 'in_progress', 'finalizing', 'cancelling'];

/** What is wrong with a file of lines. */
export interface BatchProblem {
  /** For programs. */
  readonly code: string;
  readonly message: string;
  /** From 1; undefined where it is about the whole file. */
  readonly line?: number | undefined;
  /** The field of the line; undefined for the whole line. */
  readonly field?: string | undefined;
}

/** A batch as it is kept. */
export interface Batch {
  readonly tenant: string;
  readonly id: string;
  readonly inputFileId: string;
  /** HTTP path that its lines are for. */
  readonly endpoint: string;
  /** The key that made it. */
  readonly keyId: string;
  readonly state: BatchState;
  readonly metadata: Readonly<Record<string, string>>;
  readonly problems: readonly BatchProblem[];
  /** Whether its lines may be given to providers as their own batches; `auto`: where there are enough of them. */
  readonly providerBatches: ProviderBatchUse;
  /** Lines; 0 until the file has been checked. */
  readonly total: number;
  readonly answered: number;
  readonly failed: number;
  /** Of the answered lines, in nano-USD. */
  readonly costNanoUsd: bigint;
  readonly outputFileId: string | undefined;
  readonly errorFileId: string | undefined;
  readonly createdAtMs: number;
  /** No line begins after this moment. */
  readonly expiresAtMs: number;
  /** When it came into each state that it was in after `validating`. */
  readonly reachedAtMs: Readonly<Partial<Record<BatchState, number>>>;
}
