import type { UsageRecord } from '@switchyard/contracts/events';
import { DecisionOutcome } from '@switchyard/contracts/routing';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** A request that has ended. */
export interface EndedRequest {
  readonly outcome: DecisionOutcome;
  readonly durationMs: number;
  readonly stream: boolean;
}

/** What the outbox tells of itself. */
export interface OutboxGauges {
  readonly unpublished: () => number;
  readonly uncoveredBytes: () => number;
}

/** Names of outcomes as labels. */
const OUTCOME_NAMES = new Map(
  Object.entries(DecisionOutcome).map(([name, value]) => [value as number, name.toLowerCase()]),
);

const LATENCY_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** The only place where routing's business metrics come from. Labels are bounded by configuration: providers, models, classes. */
export class RoutingEvents {
  readonly #requests: Counter;
  readonly #requestSeconds: Histogram;
  readonly #attempts: Counter;
  readonly #firstTokenSeconds: Histogram;
  readonly #tokens: Counter;
  readonly #costUsd: Counter;
  readonly #overheadSeconds: Histogram;
  readonly #decisionsDropped: Counter;
  readonly #published: Counter;
  readonly #registry: Registry;

  constructor(registry: Registry) {
    this.#registry = registry;
    const registers = [registry];
    this.#requests = new Counter({
      name: 'switchyard_routing_requests_total',
      help: 'Requests that ended, by outcome.',
      labelNames: ['outcome', 'stream'],
      registers,
    });
    this.#requestSeconds = new Histogram({
      name: 'switchyard_routing_request_duration_seconds',
      help: 'From the arrival of a request to the end of its answer.',
      labelNames: ['outcome'],
      buckets: LATENCY_BUCKETS,
      registers,
    });
    this.#attempts = new Counter({
      name: 'switchyard_routing_attempts_total',
      help: 'Calls of providers that ended, by outcome.',
      labelNames: ['provider', 'outcome'],
      registers,
    });
    this.#firstTokenSeconds = new Histogram({
      name: 'switchyard_routing_first_token_seconds',
      help: 'From the start of an attempt to the first piece of its answer.',
      labelNames: ['provider'],
      buckets: LATENCY_BUCKETS,
      registers,
    });
    this.#tokens = new Counter({
      name: 'switchyard_routing_tokens_total',
      help: 'Tokens used, by provider and kind.',
      labelNames: ['provider', 'kind'],
      registers,
    });
    this.#costUsd = new Counter({
      name: 'switchyard_routing_cost_usd_total',
      help: 'Cost of attempts in USD, for plotting; the ledger is exact.',
      labelNames: ['provider'],
      registers,
    });
    this.#overheadSeconds = new Histogram({
      name: 'switchyard_routing_overhead_seconds',
      help: 'From the arrival of a request to its first attempt.',
      buckets: [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05],
      registers,
    });
    this.#decisionsDropped = new Counter({
      name: 'switchyard_routing_decisions_dropped_total',
      help: 'Decision records that could not be stored.',
      registers,
    });
    this.#published = new Counter({
      name: 'switchyard_routing_usage_published_total',
      help: 'Usage records that the bus has taken.',
      registers,
    });
  }

  attemptEnded(record: UsageRecord): void {
    const { provider, outcome, usage, costNanoUsd, firstTokenUs, attemptIndex } = record;
    this.#attempts.inc({ provider, outcome });
    if (firstTokenUs !== undefined) this.#firstTokenSeconds.observe({ provider }, Number(firstTokenUs) / 1e6);
    if (attemptIndex === 0) this.#overheadSeconds.observe(Number(record.overheadUs) / 1e6);
    if (usage?.inputTokens !== undefined) this.#tokens.inc({ provider, kind: 'input' }, usage.inputTokens);
    if (usage?.outputTokens !== undefined) this.#tokens.inc({ provider, kind: 'output' }, usage.outputTokens);
    if (costNanoUsd !== undefined) this.#costUsd.inc({ provider }, Number(costNanoUsd) / 1e9);
  }

  requestEnded({ outcome, durationMs, stream }: EndedRequest): void {
    const name = OUTCOME_NAMES.get(outcome) ?? 'unspecified';
    this.#requests.inc({ outcome: name, stream: String(stream) });
    this.#requestSeconds.observe({ outcome: name }, durationMs / 1000);
  }

  decisionsDropped(count: number): void {
    this.#decisionsDropped.inc(count);
  }

  usagePublished(count: number): void {
    this.#published.inc(count);
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
