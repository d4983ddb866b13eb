import type { Socket } from 'node:net';
import { type LaneItem, LaneQueue } from './lane-queue.ts';
import type { Toxic } from './toxic.ts';
import type { ToxicSetting } from './toxic-setting.ts';

/** One way through a proxied connection. */
export interface LaneOptions {
  readonly from: Socket;
  readonly to: Socket;
  /** Toxics that cut or count look at bytes from the target only. */
  readonly direction: 'from-caller' | 'from-target';
  readonly setting: ToxicSetting;
  /** Numbers in [0, 1). */
  readonly random: () => number;
  /** Ends the whole connection. */
  readonly end: (how: 'reset' | 'close') => void;
}

/** Reads from one socket and writes to the other, in order, each chunk under the toxic in force when its turn comes. */
export class Lane {
  readonly #options: LaneOptions;
  readonly #queue: LaneQueue;
  #wake: () => void = () => {};
  #over = false;
  #epoch: number;
  /** Bytes passed on since the toxic was set. */
  #passedBytes = 0;

  constructor(options: LaneOptions) {
    this.#options = options;
    this.#epoch = options.setting.epoch;
    this.#queue = new LaneQueue(options.from, () => this.poke());
  }

  /** Makes it look at everything again. */
  poke(): void {
    this.#wake();
  }

  /** Ends `run` and throws away what is still on its way. */
  finish(): void {
    this.#over = true;
    this.#queue.discard();
    this.poke();
  }

  /** Carries until `finish`. */
  async run(): Promise<void> {
    while (!this.#over) {
      this.#noticeChange();
      const head = this.#queue.head;
      if (this.#isCut()) this.#options.end(this.#toxic?.type === 'reset' ? 'reset' : 'close');
      else if (head === undefined || this.#toxic?.type === 'stall') await this.#untilPoked();
      else if (await this.#isDue(head)) await this.#pass(head);
    }
  }

  get #toxic(): Toxic | undefined {
    return this.#options.setting.toxic;
  }

  #noticeChange(): void {
    const { epoch } = this.#options.setting;
    if (this.#epoch !== epoch) this.#passedBytes = 0;
    this.#epoch = epoch;
  }

  /** How many more bytes `reset` and `limit` let through. */
  get #allowance(): number {
    const toxic = this.#options.direction === 'from-target' ? this.#toxic : undefined;
    if (toxic?.type === 'reset') return (toxic.afterBytes ?? 0) - this.#passedBytes;
    if (toxic?.type === 'limit') return toxic.bytes - this.#passedBytes;
    return Number.POSITIVE_INFINITY;
  }

  #isCut(): boolean {
    return this.#allowance <= 0;
  }

  /** @returns false when the toxic has changed meanwhile, so that everything has to be looked at again */
  async #isDue(head: LaneItem): Promise<boolean> {
    const toxic = this.#toxic;
    if (toxic?.type === 'latency' && head.type === 'bytes') {
      const jitterMs = (this.#options.random() * 2 - 1) * (toxic.jitterMs ?? 0);
      return this.#pause(head.arrivedMs + toxic.delayMs + jitterMs - performance.now());
    }
    return toxic?.type === 'slow-close' && head.type !== 'bytes' ? this.#pause(toxic.delayMs) : true;
  }

  async #pass(head: LaneItem): Promise<void> {
    switch (head.type) {
      case 'closed':
        this.#queue.takeMark();
        this.#options.to.end();
        return;
      case 'broken':
        this.#queue.takeMark();
        return this.#options.end('reset');
      case 'bytes':
        return this.#passBytes(head.chunk.length);
      default:
        return head satisfies never;
    }
  }

  /** Passes the chunk, or the piece of it that the toxic allows. */
  async #passBytes(available: number): Promise<void> {
    const toxic = this.#options.direction === 'from-target' ? this.#toxic : undefined;
    const pieceBytes = toxic?.type === 'slice' ? toxic.pieceBytes : available;
    const piece = this.#queue.takeBytes(Math.min(available, pieceBytes, this.#allowance));
    this.#passedBytes += piece.length;
    await this.#write(piece);
    if (toxic?.type === 'slice') await this.#pause(toxic.intervalMs);
  }

  /** Waits until the kernel has the bytes, so that a reset that follows can't overtake them. */
  async #write(piece: Buffer): Promise<void> {
    let written = false;
    this.#options.to.write(piece, () => {
      written = true;
      this.poke();
    });
    while (!written && !this.#over) await this.#untilPoked();
  }

  /** @returns whether the time has passed: false after a new toxic or the end */
  async #pause(delayMs: number): Promise<boolean> {
    const due = performance.now() + delayMs;
    const { epoch } = this.#options.setting;
    while (performance.now() < due) {
      const timer = setTimeout(() => this.poke(), Math.ceil(due - performance.now()));
      await this.#untilPoked();
      clearTimeout(timer);
      if (this.#over || epoch !== this.#options.setting.epoch) return false;
    }
    return true;
  }

  #untilPoked(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}
