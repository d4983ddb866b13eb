/** How a line can have ended. */
export type LineEnd = 'answered' | 'failed';

/** A file as it is kept. */
export interface StoredFile {
  readonly tenant: string;
  readonly id: string;
  readonly filename: string;
  readonly purpose: 'batch' | 'batch_output';
  /** Its size. */
  readonly bytes: number;
  /** Whose results it shows; undefined for one that was uploaded. */
  readonly results: ResultsShown | undefined;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
}

/** Results are kept once: a file of results shows a batch's lines that ended so. */
export interface ResultsShown {
  readonly batchId: string;
  readonly shows: LineEnd;
}
