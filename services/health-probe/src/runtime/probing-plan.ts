import type { Clock } from '@switchyard/kernel';
import { type Logger, Loop } from '@switchyard/service-kit';
import {
  budgetOf,
  type ProbeBudget,
  type ProbeSettings,
  type ProbeSpending,
  probeDay,
} from '../domain/probe-settings.ts';
import { type ProviderName, providerKey } from '../domain/provider-key.ts';
import type { LeaseHolder, ProbingStore, StoredProbing } from '../ports.ts';

export interface ProbingPlanOptions {
  readonly store: ProbingStore;
  readonly holder: LeaseHolder;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A probe that may be sent: it has taken its part of the budget. */
export interface ProbePermit {
  readonly day: string;
  /** Most that it may cost; 0 where only the number of probes is limited. */
  readonly holdNanoUsd: bigint;
}

const EVERY_MS = 2_000;
const FORGET_EVERY_MS = 3_600_000;
const KEPT_DAYS_MS = 40 * 86_400_000;
const NOTHING_SPENT: ProbeSpending = { probes: 0, nanoUsd: 0n };

/** How providers are to be probed, and what probes may still cost today. What is stored decides; this is a copy of it. */
export class ProbingPlan {
  readonly #options: ProbingPlanOptions;
  readonly #loop: Loop;
  #stored: StoredProbing = { day: '', settings: new Map(), spending: new Map() };
  #forgotAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: ProbingPlanOptions) {
    this.#options = options;
    this.#loop = new Loop({ everyMs: EVERY_MS, run: () => this.#read() });
  }

  /** Whether it was ever read: before that nobody knows what may be spent. */
  get isRead(): boolean {
    return this.#stored.day !== '';
  }

  /** Undefined: as by default. */
  settingsOf(name: ProviderName): ProbeSettings | undefined {
    return this.#stored.settings.get(providerKey(name));
  }

  /** What was spent today, as far as this replica has read. */
  spendingOf(name: ProviderName): ProbeSpending {
    const today = probeDay(this.#options.clock.wallMs());
    if (this.#stored.day !== today) return NOTHING_SPENT;
    return this.#stored.spending.get(providerKey(name)) ?? NOTHING_SPENT;
  }

  budgetOf(name: ProviderName): ProbeBudget {
    return budgetOf(this.settingsOf(name), this.spendingOf(name));
  }

  /** Takes a probe from the budget. @returns undefined where nothing is left, the lease is lost or the database is away */
  async take(name: ProviderName): Promise<ProbePermit | undefined> {
    const { store, holder, clock } = this.#options;
    const day = probeDay(clock.wallMs());
    const budget = this.budgetOf(name);
    try {
      const { tenant, provider } = name;
      const isTaken = await store.take(holder, { tenant, provider, day, budget });
      return isTaken ? { day, holdNanoUsd: budget.holdNanoUsd } : undefined;
    } catch {
      return undefined;
    }
  }

  /** Says what a probe has cost; undefined: not known, so that what was held stays spent. */
  async settle(
    { tenant, provider }: ProviderName,
    permit: ProbePermit,
    costNanoUsd: bigint | undefined,
  ): Promise<void> {
    const cost = costNanoUsd ?? permit.holdNanoUsd;
    if (cost === permit.holdNanoUsd) return;
    const { store, log } = this.#options;
    await store
      .settle({ ...permit, tenant, provider, costNanoUsd: cost })
      .catch((error: unknown) =>
        log.warn({ err: error }, "a probe's cost could not be stored; its hold stays"),
      );
  }

  /** Settings were changed: reads now. */
  refresh(): Promise<void> {
    return this.#read();
  }

  close(): Promise<void> {
    return this.#loop.close();
  }

  async #read(): Promise<void> {
    const { store, clock } = this.#options;
    const nowMs = clock.monotonicMs();
    try {
      this.#stored = await store.read(probeDay(clock.wallMs()));
      if (nowMs - this.#forgotAtMs < FORGET_EVERY_MS) return;
      await store.forget(probeDay(clock.wallMs() - KEPT_DAYS_MS));
      this.#forgotAtMs = nowMs;
    } catch {
      // The last ones hold; readiness tells of the database already.
    }
  }
}
