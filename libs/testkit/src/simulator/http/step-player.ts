import type { ServerResponse } from 'node:http';
import type { SendStep, Step } from '../faults/step.ts';
import type { Pace } from '../latency/pace.ts';
import type { CallerWatch } from './caller-watch.ts';

/** Written at once at most; more waits for the connection to drain. */
const FLUSH_BYTES = 65_536;
/** So that what was sent can be read before a reset throws it away. */
const BEFORE_RESET_MS = 20;
/** A timer can not be more exact. */
const SHORTEST_SLEEP_MS = 0.5;

/** An answer to be played and the connection it goes to. */
export interface Performance {
  readonly res: ServerResponse;
  readonly watch: CallerWatch;
  readonly head: { readonly status: number; readonly headers: Record<string, string> };
  readonly steps: Iterable<Step>;
  /** Absent: everything at once. */
  readonly pace?: Pace;
  /** Absent: as fast as the connection takes it. */
  readonly bytesPerSecond?: number;
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
}

/** How it went. */
export interface Played {
  /** A fault took effect. */
  readonly spoiled: boolean;
  readonly headSent: boolean;
  /** Output tokens generated for what was written, how many of them were reasoning, and how many can be read. */
  readonly tokens: number;
  readonly reasoningTokens: number;
  readonly delivered: number;
  readonly lastWriteMs: number;
}

/** Plays the steps of an answer in their time, to their end or until the caller is gone. */
export async function playSteps(performance: Performance): Promise<Played> {
  const player = new StepPlayer(performance);
  await player.play();
  return player.played;
}

class StepPlayer {
  readonly #given: Performance;
  #pending: (string | Uint8Array)[] = [];
  #pendingBytes = 0;
  #counts = { tokens: 0, reasoningTokens: 0, delivered: 0 };
  #written = { tokens: 0, reasoningTokens: 0, delivered: 0 };
  #dueMs: number;
  #lastWriteMs: number;
  #spoiled = false;
  #headSent = false;
  #trickling = false;
  #ended = false;

  constructor(given: Performance) {
    this.#given = given;
    this.#dueMs = given.nowMs();
    this.#lastWriteMs = this.#dueMs;
  }

  get played(): Played {
    return {
      spoiled: this.#spoiled,
      headSent: this.#headSent,
      ...this.#written,
      lastWriteMs: this.#lastWriteMs,
    };
  }

  async play(): Promise<void> {
    for (const step of this.#given.steps) {
      // Most steps need no waiting: only those that do cost a turn of the event loop.
      const waiting = this.#take(step);
      if (waiting !== undefined) await waiting;
      if (this.#given.watch.gone || this.#ended) return;
    }
    await this.#finish();
  }

  #take(step: Step): Promise<void> | undefined {
    switch (step.kind) {
      case 'send':
        return this.#send(step);
      case 'head':
        this.#sendHead();
        this.#given.res.flushHeaders();
        return undefined;
      case 'spoil':
        this.#spoiled = true;
        return undefined;
      case 'stall':
        return this.#stall(step.forMs);
      case 'cut':
      case 'reset':
        return this.#breakOff(step.kind);
      default:
        return step satisfies never;
    }
  }

  #send(step: SendStep): Promise<void> | undefined {
    const waitMs = this.#waitMs(step.tokens);
    if (waitMs > SHORTEST_SLEEP_MS) return this.#sendLater(step, waitMs);
    this.#enqueue(step);
    const mustFlush = this.#pendingBytes > FLUSH_BYTES || this.#given.bytesPerSecond !== undefined;
    return mustFlush ? this.#flush() : undefined;
  }

  async #sendLater(step: SendStep, waitMs: number): Promise<void> {
    await this.#flush();
    await this.#given.watch.sleep(waitMs);
    if (this.#given.watch.gone) return;
    this.#enqueue(step);
    if (this.#given.bytesPerSecond !== undefined) await this.#flush();
  }

  /** Times are absolute, so that late timers do not add up. */
  #waitMs(tokens: number): number {
    const { pace, nowMs } = this.#given;
    if (pace === undefined) return 0;
    this.#dueMs += pace.takeMs(tokens);
    return this.#dueMs - nowMs();
  }

  #enqueue({ data, tokens, reasoningTokens, delivered }: SendStep): void {
    this.#pending.push(data);
    this.#pendingBytes += data.length;
    this.#counts.tokens += tokens;
    this.#counts.reasoningTokens += reasoningTokens;
    this.#counts.delivered += delivered;
  }

  async #stall(forMs: number | undefined): Promise<void> {
    await this.#flush();
    await this.#given.watch.sleep(forMs);
    this.#dueMs = this.#given.nowMs();
  }

  async #breakOff(how: 'cut' | 'reset'): Promise<void> {
    const { res, watch } = this.#given;
    await this.#flush();
    if (how === 'reset' && this.#headSent) await watch.sleep(BEFORE_RESET_MS);
    this.#ended = true;
    if (how === 'reset') res.socket?.resetAndDestroy();
    else res.socket?.destroySoon();
  }

  async #flush(): Promise<void> {
    if (this.#pending.length === 0 || this.#given.watch.gone) return;
    this.#sendHead();
    const data = this.#takePending();
    if (this.#given.bytesPerSecond !== undefined) await this.#trickle(data);
    else if (!this.#given.res.write(data)) await this.#given.watch.drained();
    if (!this.#given.watch.gone) this.#countWritten();
  }

  async #trickle(data: string | Uint8Array): Promise<void> {
    const { res, watch, bytesPerSecond = 1 } = this.#given;
    const bytes = typeof data === 'string' ? Buffer.from(data) : data;
    const step = Math.max(1, Math.round(bytesPerSecond / 1000));
    const pauseMs = (step * 1000) / bytesPerSecond;
    for (let at = 0; at < bytes.length && !watch.gone; at += step) {
      // Before each piece, never after the last: a caller that has all it was promised may close at once.
      if (this.#trickling) await watch.sleep(pauseMs);
      if (watch.gone) return;
      this.#trickling = true;
      res.write(bytes.subarray(at, at + step));
      this.#lastWriteMs = this.#given.nowMs();
    }
  }

  async #finish(): Promise<void> {
    const { res, watch, bytesPerSecond } = this.#given;
    if (bytesPerSecond !== undefined) await this.#flush();
    if (watch.gone) return;
    this.#sendHead();
    res.end(this.#takePending());
    this.#countWritten();
    await watch.finished();
  }

  #sendHead(): void {
    if (this.#headSent) return;
    const { res, head } = this.#given;
    res.writeHead(head.status, head.headers);
    this.#headSent = true;
  }

  #takePending(): string | Uint8Array {
    const pending = this.#pending;
    this.#pending = [];
    this.#pendingBytes = 0;
    if (pending.length === 1) return pending[0] as string | Uint8Array;
    return pending.every((piece) => typeof piece === 'string')
      ? pending.join('')
      : Buffer.concat(pending.map((piece) => Buffer.from(piece as string)));
  }

  #countWritten(): void {
    this.#lastWriteMs = this.#given.nowMs();
    this.#written.tokens += this.#counts.tokens;
    this.#written.reasoningTokens += this.#counts.reasoningTokens;
    this.#written.delivered += this.#counts.delivered;
    this.#counts = { tokens: 0, reasoningTokens: 0, delivered: 0 };
  }
}
