import type { TextSink } from './text-sink.ts';

/** Cells of the bar. */
const WIDTH = 24;

/** A line that tells how far something is, on a terminal; elsewhere nothing is written. */
export class Progress {
  readonly #sink: TextSink;
  readonly #isShown: boolean;
  #done = 0;
  #total = 0;

  constructor(sink: TextSink) {
    this.#sink = sink;
    this.#isShown = sink.isTTY === true;
  }

  /** More is to be done. */
  expect(count: number): void {
    this.#total += count;
    this.#draw('');
  }

  /** One more is done. @param what shown beside the bar */
  step(what: string): void {
    this.#done += 1;
    this.#draw(what);
  }

  /** Takes the line away again. */
  end(): void {
    if (this.#isShown) this.#sink.write('\r\u001b[K');
  }

  #draw(what: string): void {
    if (!this.#isShown || this.#total === 0) return;
    const filled = Math.round((WIDTH * this.#done) / this.#total);
    const bar = '█'.repeat(filled) + '░'.repeat(WIDTH - filled);
    const room = (this.#sink.columns ?? 80) - WIDTH - 12;
    this.#sink.write(`\r\u001b[K${bar} ${this.#done}/${this.#total} ${what.slice(0, Math.max(0, room))}`);
  }
}
