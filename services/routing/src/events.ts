import type { UsageRecord } from '@switchyard/contracts/events';
import { type CacheInfo, cacheResultName, DecisionOutcome } from '@switchyard/contracts/routing';
import { PRIORITIES, type Priority } from '@switchyard/resilience';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { LineEnd } from './domain/batch/stored-file.ts';
import type { BudgetUnit } from './domain/budget/bound-budget.ts';
import type { BudgetRefusal } from './domain/budget/budget-refusal.ts';
import type { Quota } from './domain/limits/quota.ts';
import { limitName, type Refusal } from './domain/limits/refusal.ts';
import type { ConfiguredProvider } from './domain/snapshot/offering.ts';
import type { ShedReason } from './pipeline/entrance.ts';
import type { LeaseWait } from './runtime/budgets/budget-leases.ts';

/** A request that has ended. */
export interface EndedRequest {
  readonly outcome: DecisionOutcome;
  readonly durationMs: number;
  readonly stream: boolean;
}

/** A search for a question that means nearly the same. */
export interface EndedSemanticSearch {
  readonly durationMs: number;
  /** Late: the request went on without it. */
  readonly outcome: 'found' | 'none' | 'late' | 'failed';
}

/** A question to the store of answers that replicas share. */
export interface SharedCacheRead {
  readonly durationMs: number;
  readonly outcome: 'found' | 'none' | 'failed';
}

/** What the outbox tells of itself. */
export interface OutboxGauges {
  readonly unpublished: () => number;
  readonly uncoveredBytes: () => number;
}

/** What the entrance tells of itself. */
export interface EntranceGauges {
  readonly active: number;
  queued(priority: Priority): number;
}

/** What limits tell of themselves. */
export interface LimitGauges {
  lefts(): Iterable<{ readonly quota: Quota; readonly left: number }>;
}

/** Names of outcomes as labels. */
const OUTCOME_NAMES = new Map(
  Object.entries(DecisionOutcome).map(([name, value]) => [value as number, name.toLowerCase()]),
);

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const SEARCH_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6];
const READ_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.02, 0.05];
const WAIT_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2];
const OVERHEAD_SECONDS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05];

/** The only place where routing's business metrics come from. Labels are bounded by configuration: providers, classes. */
export class RoutingEvents {
  readonly #metrics: ReturnType<typeof makeMetrics>;
  readonly #registry: Registry;

  constructor(registry: Registry) {
    this.#registry = registry;
    this.#metrics = makeMetrics([registry]);
  }

  attemptEnded(record: UsageRecord): void {
    const { attempts, firstToken, overhead, tokens, cost } = this.#metrics;
    const { provider, endpoint, outcome, usage, costNanoUsd, firstTokenUs, attemptIndex } = record;
    attempts.inc({ provider, endpoint, outcome });
    if (firstTokenUs !== undefined) firstToken.observe({ provider }, Number(firstTokenUs) / 1e6);
    if (attemptIndex === 0) overhead.observe(Number(record.overheadUs) / 1e6);
    if (usage?.inputTokens !== undefined) tokens.inc({ provider, kind: 'input' }, usage.inputTokens);
    if (usage?.outputTokens !== undefined) tokens.inc({ provider, kind: 'output' }, usage.outputTokens);
    if (costNanoUsd !== undefined) cost.inc({ provider }, Number(costNanoUsd) / 1e9);
  }

  requestEnded({ outcome, durationMs, stream }: EndedRequest): void {
    const name = OUTCOME_NAMES.get(outcome) ?? 'unspecified';
    this.#metrics.requests.inc({ outcome: name, stream: String(stream) });
    this.#metrics.requestDuration.observe({ outcome: name }, durationMs / 1000);
  }

  /** A hedge has answered before the attempt that it was made beside, or has not. */
  hedgeEnded(outcome: 'won' | 'lost'): void {
    this.#metrics.hedges.inc({ outcome });
  }

  /** A candidate was not called since a limit of its provider has no room; the next one was asked. */
  rateLimited({ id, endpoint }: ConfiguredProvider, refusal: Refusal): void {
    this.#metrics.rateLimited.inc({ provider: id, endpoint: endpoint?.id ?? '', limit: limitName(refusal) });
  }

  /** A candidate was not called since a hard budget has too little left, or needs a bound. */
  budgetRefused({ unit, why }: { readonly unit: BudgetUnit; readonly why: BudgetRefusal['kind'] }): void {
    this.#metrics.budgetRefused.inc({ unit, why });
  }

  /** An attempt waited for leases. */
  leasesAwaited({ durationMs, outcome }: LeaseWait): void {
    this.#metrics.leaseWait.observe({ outcome }, durationMs / 1_000);
  }

  /** A request that may be cached was answered. */
  cacheUsed({ result, savedNanoUsd }: Pick<CacheInfo, 'result' | 'savedNanoUsd'>): void {
    this.#metrics.cacheRequests.inc({ result: cacheResultName(result) ?? 'unspecified' });
    if (savedNanoUsd !== undefined) this.#metrics.cacheSaved.inc(Number(savedNanoUsd) / 1e9);
  }

  /** The store of answers that replicas share was asked. */
  sharedCacheRead({ durationMs, outcome }: SharedCacheRead): void {
    this.#metrics.sharedCacheReads.observe({ outcome }, durationMs / 1_000);
  }

  /** What came of a line of a batch. */
  batchLine(outcome: LineEnd | 'waited'): void {
    this.#metrics.batchLines.inc({ outcome });
  }

  /** Shows how many batches this replica works on at each scrape. */
  watchBatches(active: () => number): void {
    new Gauge({
      name: 'switchyard_routing_active_batches',
      help: 'Batches that this replica works on.',
      registers: [this.#registry],
      collect() {
        this.set(active());
      },
    });
  }

  /** A question that means nearly the same was looked for. */
  semanticSearchEnded({ outcome, durationMs }: EndedSemanticSearch): void {
    this.#metrics.semanticSearches.observe({ outcome }, durationMs / 1_000);
  }

  decisionsDropped(count: number): void {
    this.#metrics.decisionsDropped.inc(count);
  }

  experimentRequestsDropped(count: number): void {
    this.#metrics.experimentRequestsDropped.inc(count);
  }

  usagePublished(count: number): void {
    this.#metrics.published.inc(count);
  }

  /** A request was refused at the entrance. */
  requestShed(priority: Priority, reason: ShedReason): void {
    this.#metrics.shed.inc({ priority, reason });
  }

  /** Shows who is in and who waits at each scrape. */
  watchEntrance(entrance: EntranceGauges): void {
    const registers = [this.#registry];
    new Gauge({
      name: 'switchyard_routing_active_requests',
      help: 'Requests that were let in and have not ended.',
      registers,
      collect() {
        this.set(entrance.active);
      },
    });
    new Gauge({
      name: 'switchyard_routing_queued_requests',
      help: 'Requests that wait to be let in, by priority.',
      labelNames: ['priority'],
      registers,
      collect() {
        for (const priority of PRIORITIES) this.set({ priority }, entrance.queued(priority));
      },
    });
  }

  /** Shows how late the event loop is lastingly, at each scrape. */
  watchLag(lag: { readonly ms: number }): void {
    new Gauge({
      name: 'switchyard_routing_lasting_lag_seconds',
      help: 'The least delay of the event loop of its last four samples: requests are refused by it.',
      registers: [this.#registry],
      collect() {
        this.set(lag.ms / 1000);
      },
    });
  }

  /** Shows what is left of each limit that was used, at each scrape. */
  watchLimits(limits: LimitGauges): void {
    new Gauge({
      name: 'switchyard_routing_limit_left',
      help: 'What is left of the limits of providers, as far as all replicas have told.',
      labelNames: ['provider', 'endpoint', 'limit'],
      registers: [this.#registry],
      collect() {
        this.reset();
        for (const { quota, left } of limits.lefts())
          this.set(
            { provider: quota.owner.provider, endpoint: quota.owner.endpoint, limit: quota.measure },
            left,
          );
      },
    });
  }

  /** Shows what the outbox tells of itself at each scrape. */
  watchOutbox({ unpublished, uncoveredBytes }: OutboxGauges): void {
    const registers = [this.#registry];
    new Gauge({
      name: 'switchyard_routing_outbox_unpublished',
      help: 'Usage records that the bus has not taken yet.',
      registers,
      collect() {
        this.set(unpublished());
      },
    });
    new Gauge({
      name: 'switchyard_routing_outbox_uncovered_bytes',
      help: 'Bytes of the outbox that are not yet in the ledger.',
      registers,
      collect() {
        this.set(uncoveredBytes());
      },
    });
  }
}

function makeMetrics(registers: Registry[]) {
  const counter = (name: string, help: string, labelNames: string[] = []) =>
    new Counter({ name: `switchyard_routing_${name}_total`, help, labelNames, registers });
  const seconds = (name: string, help: string, options: { labelNames?: string[]; buckets?: number[] }) =>
    new Histogram({
      name: `switchyard_routing_${name}_seconds`,
      help,
      buckets: SECONDS,
      registers,
      ...options,
    });
  return {
    requests: counter('requests', 'Requests that ended, by outcome.', ['outcome', 'stream']),
    requestDuration: seconds('request_duration', 'From the arrival of a request to the end of its answer.', {
      labelNames: ['outcome'],
    }),
    attempts: counter(
      'attempts',
      'Calls of providers that ended, by outcome; endpoint is empty where there is one.',
      ['provider', 'endpoint', 'outcome'],
    ),
    hedges: counter('hedges', 'Attempts beside slow ones, by whether they were faster.', ['outcome']),
    ...entranceMetrics(counter),
    rateLimited: counter(
      'rate_limited',
      'Candidates that were passed over since a limit of their provider had no room, beside those that decisions left out.',
      ['provider', 'endpoint', 'limit'],
    ),
    firstToken: seconds('first_token', 'From the start of an attempt to the first piece of its answer.', {
      labelNames: ['provider'],
    }),
    tokens: counter('tokens', 'Tokens used, by provider and kind.', ['provider', 'kind']),
    cost: counter('cost_usd', 'Cost of attempts in USD, for plotting; the ledger is exact.', ['provider']),
    overhead: seconds('overhead', 'From the arrival of a request to its first attempt.', {
      buckets: OVERHEAD_SECONDS,
    }),
    ...cacheMetrics(registers, counter),
    ...batchMetrics(counter),
    ...budgetMetrics(registers, counter),
    decisionsDropped: counter('decisions_dropped', 'Decision records that could not be stored.'),
    experimentRequestsDropped: counter(
      'experiment_requests_dropped',
      'Requests of experiments that could not be counted.',
    ),
    published: counter('usage_published', 'Usage records that the bus has taken.'),
  };
}

type MakeCounter = (name: string, help: string, labelNames?: string[]) => Counter;

const entranceMetrics = (counter: MakeCounter) => ({
  shed: counter(
    'shed_requests',
    'Requests that were refused at the entrance, by priority, and whether it was full or the process slow.',
    ['priority', 'reason'],
  ),
});

const batchMetrics = (counter: MakeCounter) => ({
  batchLines: counter(
    'batch_lines',
    'Lines of batches that ended, or were refused for the moment and wait.',
    ['outcome'],
  ),
});

const cacheMetrics = (registers: Registry[], counter: MakeCounter) => ({
  cacheRequests: counter('cache_requests', 'Requests that may be cached, by where their answer came from.', [
    'result',
  ]),
  cacheSaved: counter('cache_saved_usd', 'Cost in USD of calls that the cache saved, for plotting.'),
  semanticSearches: new Histogram({
    name: 'switchyard_routing_semantic_search_seconds',
    help: 'Time that a request waited for a question that means nearly the same as its own.',
    labelNames: ['outcome'],
    buckets: SEARCH_SECONDS,
    registers,
  }),
  sharedCacheReads: new Histogram({
    name: 'switchyard_routing_shared_cache_read_seconds',
    help: 'Time of a read of the store of answers that replicas share.',
    labelNames: ['outcome'],
    buckets: READ_SECONDS,
    registers,
  }),
});

const budgetMetrics = (registers: Registry[], counter: MakeCounter) => ({
  budgetRefused: counter(
    'budget_refused',
    'Candidates that were passed over since a hard budget has too little left, or since what they may use has no bound.',
    ['unit', 'why'],
  ),
  leaseWait: new Histogram({
    name: 'switchyard_routing_lease_wait_seconds',
    help: 'Time of attempts that waited for leases of budgets.',
    labelNames: ['outcome'],
    buckets: WAIT_SECONDS,
    registers,
  }),
});
