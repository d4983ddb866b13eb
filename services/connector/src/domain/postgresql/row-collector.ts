import { redactText } from '../redact-secret.ts';
import { columnTypeName, encodeCell } from './column-types.ts';

/** A column of a result. */
export interface Column {
  readonly name: string;
  readonly typeId: number;
}

export interface RowCaps {
  readonly maxRows: number;
  /** Of the rows as JSON, with the brackets and commas between them. */
  readonly maxBytes: number;
}

/** Most rows asked for at once. */
const MAX_BATCH_ROWS = 1_000;
/** The first batch is small: how long rows are is not known yet. */
const FIRST_BATCH_ROWS = 32;

/** Takes rows until a cap is reached: never more than either, exactly as many as fit. */
export class RowCollector {
  readonly #caps: RowCaps;
  readonly #forms: readonly string[];
  readonly #rows: string[] = [];
  #columns: readonly Column[] = [];
  /** The two brackets around the rows. */
  #bytes = 2;
  #seenRows = 0;
  #truncated = false;

  /** @param forms texts that the credential could come back by */
  constructor(caps: RowCaps, forms: readonly string[]) {
    this.#caps = caps;
    this.#forms = forms;
  }

  describe(columns: readonly Column[]): void {
    this.#columns = columns;
  }

  /** Takes one row of values in text form, or leaves it, and all after it, because it does not fit. */
  add(fields: readonly (string | null)[]): void {
    this.#seenRows += 1;
    if (this.#truncated) return;
    const row = this.#encode(fields);
    const bytes = Buffer.byteLength(row) + (this.#rows.length === 0 ? 0 : 1);
    if (this.#rows.length >= this.#caps.maxRows || this.#bytes + bytes > this.#caps.maxBytes) {
      this.#truncated = true;
      return;
    }
    this.#bytes += bytes;
    this.#rows.push(row);
  }

  /** There is more that will not be read. */
  cut(): void {
    this.#truncated = true;
  }

  /** Rows to ask for next; 0: no more. Aimed to end at the byte cap, so that little is read in vain. */
  nextBatch(): number {
    const rowsLeft = this.#caps.maxRows - this.#seenRows;
    if (this.#truncated || rowsLeft <= 0) return 0;
    if (this.#seenRows === 0) return Math.min(FIRST_BATCH_ROWS, rowsLeft);
    const meanBytes = this.#bytes / this.#seenRows;
    const fitting = Math.ceil((this.#caps.maxBytes - this.#bytes) / meanBytes);
    return Math.max(1, Math.min(fitting, rowsLeft, MAX_BATCH_ROWS));
  }

  /** Whether a cap ended the reading before the result did. */
  get truncated(): boolean {
    return this.#truncated;
  }

  get rowCount(): number {
    return this.#rows.length;
  }

  /** Bytes of the rows as JSON. */
  get bytes(): number {
    return this.#bytes;
  }

  /** `{"columns", "rows", "row_count", "truncated"}`; rows are lists in the order of the columns. */
  toJson(): string {
    const columns = this.#columns.map(({ name, typeId }) => ({
      name: redactText(name, this.#forms),
      type: columnTypeName(typeId),
    }));
    const rows = this.#rows.join(',');
    return `{"columns":${JSON.stringify(columns)},"rows":[${rows}],"row_count":${this.#rows.length},"truncated":${this.#truncated}}`;
  }

  #encode(fields: readonly (string | null)[]): string {
    return `[${fields.map((text, index) => this.#encodeCell(this.#columns[index]?.typeId ?? 0, text)).join(',')}]`;
  }

  #encodeCell(typeId: number, text: string | null): string {
    const redacted = text === null ? null : redactText(text, this.#forms);
    // What was cut out may have been half of a number or of JSON's own marks.
    return redacted === text ? encodeCell(typeId, text) : JSON.stringify(redacted);
  }
}
