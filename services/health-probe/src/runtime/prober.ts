import type { Clock, Random } from '@switchyard/kernel';
import { Loop } from '@switchyard/service-kit';
import type { ProbingConfig } from '../config.ts';
import { chooseProbeModel, type ProbeModel } from '../domain/probe-model.ts';
import { nextProbeAt, type ProbeSubject } from '../domain/probe-schedule.ts';
import { providerKey } from '../domain/provider-key.ts';
import type { WatchedProvider } from '../domain/watched-provider.ts';
import type { HealthProbeEvents } from '../events.ts';
import type { ProbeOutcome, Routing } from '../ports.ts';
import type { HealthTable } from './health-table.ts';
import type { Leadership } from './leadership.ts';
import type { ObservedProviders } from './observed-providers.ts';
import type { ProbingPlan } from './probing-plan.ts';
import type { ProviderRegistry } from './provider-registry.ts';

export interface ProberOptions {
  readonly routing: Routing;
  readonly registry: ProviderRegistry;
  readonly table: HealthTable;
  readonly observed: ObservedProviders;
  readonly leadership: Leadership;
  readonly plan: ProbingPlan;
  readonly config: ProbingConfig;
  readonly events: HealthProbeEvents;
  readonly clock: Clock;
  readonly random: Random;
}

/** What is remembered of a provider between its probes. */
interface ProbeMemory {
  lastProbeAtMs: number;
  jitter: number;
  isUnderWay: boolean;
  models: readonly ProbeModel[];
  modelsReadAtMs: number;
  readonly unfit: Set<string>;
}

const MAX_TICK_MS = 250;
/** Models and prices change seldom; what was unfit may have become fit. */
const MODELS_MAX_AGE_MS = 600_000;
/** Calls of so long tell whether something speaks against a provider. */
const RECENT_MS = 60_000;

/**
 * Sends probes, on the leading replica only: a few at once, one at a time to each provider, the one that is due the longest
 * first. What comes of a probe arrives as routing's observation like any other call; here it only tells which model to take.
 */
export class Prober {
  readonly #options: ProberOptions;
  readonly #loop: Loop;
  readonly #memories = new Map<string, ProbeMemory>();
  readonly #underWay = new Set<Promise<void>>();

  constructor(options: ProberOptions) {
    this.#options = options;
    const everyMs = Math.min(MAX_TICK_MS, options.config.suspiciousIntervalMs / 4);
    this.#loop = new Loop({ everyMs, run: async () => this.#tick() });
  }

  /** Probes under way. */
  get inFlight(): number {
    return this.#underWay.size;
  }

  /** Waits for the probes under way: each has its time limit. */
  async close(): Promise<void> {
    await this.#loop.close();
    await Promise.all(this.#underWay);
  }

  #tick(): void {
    const { leadership, registry, config, clock, plan } = this.#options;
    if (!config.active || !leadership.isLeader || !registry.isUp || !plan.isRead) return;
    const nowMs = clock.monotonicMs();
    this.#forgetGone();
    const due = [...registry.all()]
      .flatMap((provider) => this.#dueAt(provider, nowMs))
      .filter(({ atMs }) => atMs <= nowMs)
      .sort((a, b) => a.atMs - b.atMs);
    for (const { provider, memory } of due.slice(0, config.maxConcurrency - this.#underWay.size)) {
      this.#start(provider, memory);
    }
  }

  #dueAt(
    provider: WatchedProvider,
    nowMs: number,
  ): { readonly provider: WatchedProvider; readonly memory: ProbeMemory; readonly atMs: number }[] {
    const record = this.#options.table.get(provider);
    const memory = this.#memoryOf(provider);
    if (record === undefined || !provider.isConfigured || memory.isUnderWay) return [];
    const { clock, observed, config, plan } = this.#options;
    const { isActive = true, idleIntervalMs = config.idleIntervalMs } = plan.settingsOf(provider) ?? {};
    if (!isActive) return [];
    const windows = observed.windowsOf(provider);
    const seen = windows.whole.statistics(nowMs, nowMs);
    const subject: ProbeSubject = {
      state: record.state,
      stateSinceMs: nowMs - Math.max(0, clock.wallMs() - record.sinceMs),
      consecutiveFailures: seen.consecutiveFailures,
      consecutiveSuccesses: seen.consecutiveSuccesses,
      recentSuccessRate: windows.whole.statistics(nowMs, nowMs - RECENT_MS).successRate,
      lastSuccessAtMs: seen.lastSuccessAtMs ?? Number.NEGATIVE_INFINITY,
      lastObservedAtMs: windows.observedAtMs,
      lastProbeAtMs: memory.lastProbeAtMs,
      jitter: memory.jitter,
    };
    return [{ provider, memory, atMs: nextProbeAt(subject, { ...config, idleIntervalMs }, nowMs) }];
  }

  #start(provider: WatchedProvider, memory: ProbeMemory): void {
    memory.isUnderWay = true;
    const probing = this.#probe(provider, memory).finally(() => {
      memory.isUnderWay = false;
      this.#underWay.delete(probing);
    });
    this.#underWay.add(probing);
  }

  async #probe(provider: WatchedProvider, memory: ProbeMemory): Promise<void> {
    const { clock, events, random, table } = this.#options;
    memory.jitter = random();
    memory.lastProbeAtMs = clock.monotonicMs();
    const startedAtMs = clock.wallMs();
    const outcome = await this.#send(provider, memory);
    events.probed(outcome);
    // From its end on: a slow one is not followed by the next at once.
    memory.lastProbeAtMs = clock.monotonicMs();
    if (outcome === 'ok' || outcome === 'failed') table.note(provider, { lastProbeAtMs: startedAtMs });
  }

  #send(provider: WatchedProvider, memory: ProbeMemory): Promise<ProbeOutcome> {
    return provider.probes === 'model' ? this.#askModel(provider, memory) : this.#askProvider(provider);
  }

  async #askProvider({ tenant, provider }: WatchedProvider): Promise<ProbeOutcome> {
    const { routing, plan } = this.#options;
    const permit = await plan.take({ tenant, provider });
    if (permit === undefined) return 'over_budget';
    const outcome = await routing.probeProvider({ tenant, provider });
    await plan.settle({ tenant, provider }, permit, 0n);
    return outcome;
  }

  async #askModel({ tenant, provider }: WatchedProvider, memory: ProbeMemory): Promise<ProbeOutcome> {
    const { routing, observed, clock, leadership, plan } = this.#options;
    const nowMs = clock.monotonicMs();
    if (nowMs - memory.modelsReadAtMs > MODELS_MAX_AGE_MS) {
      try {
        memory.models = await routing.listModels({ tenant, provider });
      } catch {
        return 'routing_away';
      }
      memory.modelsReadAtMs = nowMs;
      memory.unfit.clear();
    }
    const proven = observed.windowsOf({ tenant, provider }).provenModels(nowMs);
    const chosen = chooseProbeModel(memory.models, { needs: ['text'], proven, unfit: memory.unfit });
    if (chosen === undefined) return 'refused';
    // Reading the list took time; the lease may have gone meanwhile.
    if (!leadership.isLeader) return 'refused';
    const permit = await plan.take({ tenant, provider });
    if (permit === undefined) return 'over_budget';
    const maxCostNanoUsd = permit.holdNanoUsd;
    const target = { tenant, provider, model: chosen.model, maxCostNanoUsd };
    const { outcome, costNanoUsd } = await routing.probe(target);
    await plan.settle({ tenant, provider }, permit, costNanoUsd);
    if (outcome === 'unfit_model') memory.unfit.add(chosen.model);
    return outcome;
  }

  #memoryOf(provider: WatchedProvider): ProbeMemory {
    const key = providerKey(provider);
    const known = this.#memories.get(key);
    if (known !== undefined) return known;
    const memory: ProbeMemory = {
      lastProbeAtMs: Number.NEGATIVE_INFINITY,
      jitter: this.#options.random(),
      isUnderWay: false,
      models: [],
      modelsReadAtMs: Number.NEGATIVE_INFINITY,
      unfit: new Set(),
    };
    this.#memories.set(key, memory);
    return memory;
  }

  #forgetGone(): void {
    if (this.#memories.size <= 2 * [...this.#options.registry.all()].length + 16) return;
    const known = new Set([...this.#options.registry.all()].map(providerKey));
    for (const key of this.#memories.keys()) if (!known.has(key)) this.#memories.delete(key);
  }
}
