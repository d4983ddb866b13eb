import { type Clock, withinTime } from '@switchyard/kernel';
import { CircuitBreaker } from '@switchyard/resilience';
import type { RedisConnection } from '@switchyard/service-kit';

/** Longest that a request waits for an answer from Redis; then somebody is asked. */
const READ_MS = 20;

/** What came of a read, and how long it took, in milliseconds. */
export type Read<Value> =
  | { readonly kind: 'read'; readonly value: Value; readonly durationMs: number }
  | { readonly kind: 'failed'; readonly durationMs: number }
  /** Redis was not asked: there is no connection, or it failed before. */
  | { readonly kind: 'away' };

/** Reads from Redis that requests wait for: {@link READ_MS} at the longest, and after three failures in a row nobody asks for 5 s. */
export class RedisReads {
  readonly #connection: RedisConnection;
  readonly #clock: Clock;
  readonly #breaker = new CircuitBreaker({
    consecutiveFailures: 3,
    openMs: 5_000,
    maxProbes: 1,
    successesToClose: 1,
  });

  constructor(connection: RedisConnection, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
  }

  get isUp(): boolean {
    return this.#connection.isConnected && this.#breaker.state(this.#clock.monotonicMs()) === 'closed';
  }

  async read<Value>(ask: (client: RedisConnection['client']) => Promise<Value>): Promise<Read<Value>> {
    const { isConnected, client } = this.#connection;
    const startedAtMs = this.#clock.monotonicMs();
    const permit = isConnected ? this.#breaker.tryAcquire(startedAtMs) : undefined;
    if (permit === undefined) return { kind: 'away' };
    try {
      const value = await withinTime(ask(client), READ_MS);
      const nowMs = this.#clock.monotonicMs();
      this.#breaker.onSuccess(permit, nowMs);
      return { kind: 'read', value, durationMs: nowMs - startedAtMs };
    } catch {
      const nowMs = this.#clock.monotonicMs();
      this.#breaker.onFailure(permit, nowMs);
      return { kind: 'failed', durationMs: nowMs - startedAtMs };
    }
  }
}
