/** Where text goes. */
export interface TextSink {
  write(text: string): unknown;
  /** Whether it is a terminal. */
  readonly isTTY?: boolean;
  /** Columns of the terminal. */
  readonly columns?: number;
}
