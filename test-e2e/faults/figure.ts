/** What came of measuring a figure. */
export interface Measured {
  /** In words, with its unit: a column of the table. */
  readonly measured: string;
  readonly held: boolean;
}

/**
 * A figure that Switchyard promises under a fault. A new one is a file in figures/ and a line in figures.ts: then it is a
 * row of `npm run faults`, and a test where it counts and does not time.
 */
export interface Figure {
  /** "A1". */
  readonly id: string;
  /** What happens, in one line. */
  readonly what: string;
  /** What is promised then. */
  readonly promised: string;
  /** Set where it depends on how fast the machine is: a busy one must fail no test. */
  readonly timed?: true;
  /** Set where it takes minutes and the suite has a smaller proof of the same: then it is no test. */
  readonly isLong?: true;
  /** Longest time that measuring takes, in milliseconds. Default 240,000. */
  readonly timeoutMs?: number;
  /** Starts what it needs, makes the fault happen, and counts. */
  readonly measure: () => Promise<Measured>;
}
