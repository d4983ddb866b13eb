import { seededRandom } from '@switchyard/kernel';
import {
  type Charge,
  type Instant,
  type LeaseAnswer,
  type LeaseExchange,
  leaseKeyText,
} from '../src/index.ts';
import type { Mutant } from './mutants.ts';
import { SimulatedReplica } from './simulated-replica.ts';
import { SimulatedStore } from './simulated-store.ts';

/** One schedule. */
export interface SimulationOptions {
  /** Everything random comes from it. */
  readonly seed: bigint;
  /** How many things happen. */
  readonly steps: number;
  /** A rule to break. */
  readonly mutant?: Mutant;
}

/** What a schedule has shown. */
export interface SimulationResult {
  /** What was broken first; undefined: nothing. */
  readonly violation: string | undefined;
  /** Attempts that were made. */
  readonly made: number;
  readonly crashes: number;
}

const MOST_REPLICAS = 4;
/** A budget for ever, and one whose windows take turns. */
const FOREVER = { budget: 1, limit: 1_500n };
const TURNING = { budget: 2, limit: 150n, windowMs: 20_000 };
const MOST_HOLD = 20;
/** Attempts of one replica that wait. */
const MOST_WAITING = 3;

interface Sent<T> {
  readonly replica: SimulatedReplica;
  readonly sentAt: Instant;
  readonly message: T;
}

/**
 * Runs replicas and cost-accounting through a random schedule: attempts begin and end, messages are lost, come twice and late, processes
 * die with and without their files, clocks jump, and after every step no window is overspent. At the end everything is delivered, and the ledger
 * has what the outboxes have, once.
 */
export function simulate(options: SimulationOptions): SimulationResult {
  return new Simulation(options).run();
}

class Simulation {
  readonly #options: SimulationOptions;
  readonly #random: () => number;
  readonly #store: SimulatedStore;
  readonly #replicas: SimulatedReplica[] = [];
  readonly #exchanges: Sent<LeaseExchange>[] = [];
  readonly #answers: Sent<LeaseAnswer>[] = [];
  readonly #limits = new Map<string, bigint>();
  /** What providers have done the work for, and may yet: costs of attempts that ended, holds of those that did not. */
  readonly #ended = new Map<string, bigint>();
  #monotonicMs = 1_000_000;
  #skewMs = 0;
  #crashes = 0;

  constructor(options: SimulationOptions) {
    this.#options = options;
    this.#random = seededRandom(options.seed);
    this.#store = new SimulatedStore(options.mutant);
  }

  run(): SimulationResult {
    let violation: string | undefined;
    for (let step = 0; step < this.#options.steps && violation === undefined; step++) {
      this.#pick(ACTIONS).call(this);
      violation = this.#overspent();
    }
    violation ??= this.#settleAll();
    const made = this.#replicas.reduce((sum, replica) => sum + replica.made, 0);
    return { violation, made, crashes: this.#crashes };
  }

  get now(): Instant {
    return { monotonicMs: this.#monotonicMs, wallMs: this.#monotonicMs + this.#skewMs };
  }

  pass(): void {
    this.#monotonicMs += this.#below(this.#random() < 0.1 ? 8_000 : 300);
  }

  jump(): void {
    if (this.#random() < 0.1) this.#skewMs += this.#below(60_000) - 30_000;
  }

  start(): void {
    const alive = this.#replicas.filter(({ isAlive }) => isAlive).length;
    if (alive >= MOST_REPLICAS) return;
    this.#replicas.push(new SimulatedReplica(`replica-${this.#replicas.length}`, this.#options.mutant));
  }

  begin(): void {
    const replica = this.#alive();
    if (replica === undefined) return;
    const charges = this.#charges();
    const costs = charges.map(({ amount }) => BigInt(this.#below(Number(amount) + 1)));
    if (replica.begin(charges, costs, this.now)) return;
    if (replica.waiting.length < MOST_WAITING) replica.waiting.push({ charges, costs });
  }

  end(): void {
    const replica = this.#alive();
    if (replica === undefined || replica.attempts.length === 0) return;
    const attempt = this.#pick(replica.attempts);
    replica.settle(attempt);
    this.#note(attempt.reservation.charges, attempt.costs);
  }

  send(): void {
    const replica = this.#alive();
    if (replica === undefined) return;
    const sentAt = this.now;
    this.#exchanges.push({ replica, sentAt, message: replica.plan(sentAt) });
  }

  answer(): void {
    const sent = this.#take(this.#exchanges);
    if (sent === undefined || this.#random() < 0.1) return;
    const replicas = Math.max(1, this.#replicas.filter(({ isAlive }) => isAlive).length);
    // The windows of the present and the next time are there.
    for (const charge of this.#windowsAt(this.now.wallMs)) this.#open(charge);
    this.#answers.push({ ...sent, message: this.#store.exchange(sent.message, replicas) });
  }

  hear(): void {
    const sent = this.#take(this.#answers);
    if (sent === undefined || !sent.replica.isAlive || this.#random() < 0.1) return;
    sent.replica.apply(sent.message, sent.sentAt, this.now);
  }

  recall(): void {
    this.#alive()?.holder.recall(this.#pick(this.#charges()));
  }

  ingest(): void {
    const records = this.#replicas.filter(({ isLost }) => !isLost).flatMap(({ outbox }) => outbox);
    for (let i = 0; i < 3 && records.length > 0; i++) this.#store.ingest(this.#pick(records));
  }

  crash(): void {
    if (this.#random() > 0.2) return;
    const replica = this.#alive();
    if (replica === undefined) return;
    this.#crashes++;
    replica.isAlive = false;
    replica.isLost = this.#random() < 0.2;
    // What was under way costs what it costs, whoever hears of it.
    for (const { reservation, costs } of replica.attempts) this.#note(reservation.charges, costs);
  }

  recover(): void {
    for (const replica of this.#replicas) {
      if (replica.isAlive || replica.isLost || this.#random() < 0.5) continue;
      if (!replica.isClosed) replica.recover();
      this.#store.reportClosed(replica.owner, replica.outbox.length);
    }
  }

  close(): void {
    this.#store.closeOwners(this.#replicas.filter(({ isAlive }) => !isAlive).map(({ owner }) => owner));
  }

  /** Everything arrives and every process ends. @returns what is wrong then */
  #settleAll(): string | undefined {
    for (const replica of this.#replicas) {
      if (replica.isAlive)
        for (const { reservation, costs } of replica.attempts) this.#note(reservation.charges, costs);
      replica.isAlive = false;
      if (replica.isLost) continue;
      replica.recover();
      this.#store.reportClosed(replica.owner, replica.outbox.length);
      for (const record of replica.outbox) this.#store.ingest(record);
    }
    for (const { owner, outbox, made, isLost } of this.#replicas)
      if (!isLost && outbox.length !== made)
        return `${owner}: ${made} attempts, of which ${outbox.length} are written down`;
    this.close();
    const lost = new Set(this.#replicas.filter(({ isLost }) => isLost).map(({ owner }) => owner));
    for (const [text, account] of this.#store.windows) {
      const written = this.#replicas.flatMap(({ outbox, isLost }) => (isLost ? [] : outbox));
      const booked = sumOf(
        written
          .flatMap(({ uses }) => uses.filter((use) => leaseKeyText(use) === text))
          .map(({ amount }) => amount),
      );
      const ofLost = sumOf(
        [...account.leases].filter(([owner]) => lost.has(owner)).map(([, { settled }]) => settled),
      );
      if (account.spent - ofLost !== booked)
        return `${text}: the ledger has ${account.spent - ofLost} where the outboxes have ${booked}`;
      const kept = [...account.leases].filter(
        ([owner, { granted, returned, settled }]) => !lost.has(owner) && granted - returned - settled !== 0n,
      );
      if (kept.length > 0) return `${text}: ${kept[0]?.[0]} is gone and still has a lease`;
    }
    return this.#overspent();
  }

  /** What is overspent now, by the store's own numbers and by what attempts really cost or may cost. */
  #overspent(): string | undefined {
    const exposed = new Map(this.#ended);
    for (const { isAlive, attempts } of this.#replicas)
      if (isAlive)
        for (const { reservation } of attempts)
          for (const charge of reservation.charges) add(exposed, leaseKeyText(charge), charge.amount);
    for (const [text, amount] of exposed)
      if (amount > (this.#limits.get(text) as bigint))
        return `${text}: ${amount} spent and held of ${this.#limits.get(text)}`;
    for (const [text, { spent, leases, limit }] of this.#store.windows) {
      const leased = sumOf(
        [...leases.values()].map(({ granted, returned, settled }) => most(0n, granted - returned - settled)),
      );
      if (spent + leased > limit) return `${text}: ${spent} spent and ${leased} leased of ${limit}`;
    }
    return undefined;
  }

  #note(charges: readonly Charge[], costs: readonly bigint[]): void {
    charges.forEach((charge, i) => {
      add(this.#ended, leaseKeyText(charge), costs[i] as bigint);
    });
  }

  /** One budget or both, at the present window. */
  #charges(): Charge[] {
    const [forever, turning] = this.#windowsAt(this.now.wallMs);
    const among = this.#random() < 0.3 ? [forever] : [forever, turning];
    return among.map((charge) => ({ ...(charge as Charge), amount: BigInt(1 + this.#below(MOST_HOLD)) }));
  }

  #windowsAt(wallMs: number): Charge[] {
    const { windowMs } = TURNING;
    const startMs = Math.floor(wallMs / windowMs) * windowMs;
    const forever = { budget: FOREVER.budget, startMs: 0, endMs: Number.POSITIVE_INFINITY, amount: 0n };
    const windows = [forever, { budget: TURNING.budget, startMs, endMs: startMs + windowMs, amount: 0n }];
    for (const { budget, startMs: at } of windows)
      this.#limits.set(
        leaseKeyText({ budget, startMs: at }),
        budget === FOREVER.budget ? FOREVER.limit : TURNING.limit,
      );
    return windows;
  }

  #open({ budget, startMs }: Charge): void {
    const text = leaseKeyText({ budget, startMs });
    if (!this.#store.windows.has(text))
      this.#store.open({ budget, startMs }, this.#limits.get(text) as bigint);
  }

  #alive(): SimulatedReplica | undefined {
    const alive = this.#replicas.filter(({ isAlive }) => isAlive);
    return alive.length === 0 ? undefined : this.#pick(alive);
  }

  /** Any message, which sometimes comes again. */
  #take<T>(messages: T[]): T | undefined {
    if (messages.length === 0) return undefined;
    const place = this.#below(messages.length);
    return this.#random() < 0.2 ? messages[place] : messages.splice(place, 1)[0];
  }

  #pick<T>(among: readonly T[]): T {
    return among[this.#below(among.length)] as T;
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }
}

const { pass, jump, start, begin, end, send, answer, hear, recall, ingest, crash, recover, close } =
  Simulation.prototype;
/** What may happen next; what is named often happens often. */
const ACTIONS = [
  pass,
  jump,
  start,
  begin,
  begin,
  begin,
  begin,
  end,
  end,
  send,
  send,
  answer,
  answer,
  answer,
  hear,
  hear,
  hear,
  hear,
  recall,
  ingest,
  ingest,
  crash,
  recover,
  close,
];

const sumOf = (amounts: readonly bigint[]): bigint => amounts.reduce((sum, amount) => sum + amount, 0n);
const most = (a: bigint, b: bigint): bigint => (a > b ? a : b);
const add = (sums: Map<string, bigint>, text: string, amount: bigint): void => {
  sums.set(text, (sums.get(text) ?? 0n) + amount);
};
