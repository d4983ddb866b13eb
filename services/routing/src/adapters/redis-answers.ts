import { createHash } from 'node:crypto';
import type { Clock } from '@switchyard/kernel';
import { CircuitBreaker } from '@switchyard/resilience';
import type { RedisConnection } from '@switchyard/service-kit';
import { type ClearedAnswer, type ClearScope, isCleared } from '../domain/cache/clear-scope.ts';
import { answersOf } from '../domain/cache/kept-answer.ts';
import { joinPieces, splitPieces } from '../domain/idempotency/stored-pieces.ts';
import type { RoutingEvents } from '../events.ts';
import type { FoundAnswer, SharedAnswers, SharedQuestion, WrittenAnswer } from '../ports.ts';
import type { AnswerCipher } from './answer-cipher.ts';
import { withinTime } from './within-time.ts';

/** Longest that a request waits for an answer from Redis; then somebody is asked. */
const READ_MS = 20;
/** Answers that may be on their way to Redis: while it is slow further ones are not kept there. */
const MAX_WRITES = 256;
/** Most answers of one tenant; above that those that end first leave. */
const MAX_ANSWERS = 50_000;
/** 30 days: nothing is kept for longer. */
const MAX_TTL_MS = 2_592_000_000;
/** Members of an index that are looked at in one go. */
const PAGE = 500;
/** How far replicas' clocks may be apart before one of them takes what is still kept for ended. */
const CLOCK_SLACK_MS = 3_600_000;

/** What the store stands on. */
export interface RedisAnswersOptions {
  /** For what requests wait for. */
  readonly reads: RedisConnection;
  /** For what nobody waits for. */
  readonly writes: RedisConnection;
  /** Stands before every name. */
  readonly prefix: string;
  readonly cipher: AnswerCipher;
  readonly clock: Clock;
  readonly events: RoutingEvents;
}

/**
 * Answers in Redis, for all replicas. Whatever goes wrong is a miss, after {@link READ_MS} at the latest, and after three failures in a
 * row nobody asks for 5 s.
 *
 * An answer lies under the digest of its question's key, encrypted by that key and the service's own: who reads Redis learns neither
 * questions nor answers. Beside them a tenant has an index, by when each ends. All of a tenant is in one slot of a cluster.
 */
export class RedisAnswers implements SharedAnswers {
  readonly #options: RedisAnswersOptions;
  readonly #breaker = new CircuitBreaker({
    consecutiveFailures: 3,
    openMs: 5_000,
    maxProbes: 1,
    successesToClose: 1,
  });
  #writesUnderWay = 0;

  constructor(options: RedisAnswersOptions) {
    this.#options = options;
  }

  get isUp(): boolean {
    const { reads, clock } = this.#options;
    return reads.isConnected && this.#breaker.state(clock.monotonicMs()) === 'closed';
  }

  async get(question: SharedQuestion): Promise<FoundAnswer | undefined> {
    const { reads, clock, events } = this.#options;
    const startedAtMs = clock.monotonicMs();
    const permit = reads.isConnected ? this.#breaker.tryAcquire(startedAtMs) : undefined;
    if (permit === undefined) return undefined;
    const name = this.#nameOf(question);
    try {
      const answers = await withinTime(reads.client.pipeline().getBuffer(name).pttl(name).exec(), READ_MS);
      const [sealed, leftMs] = answers?.map(resultOf) ?? [];
      const nowMs = clock.monotonicMs();
      this.#breaker.onSuccess(permit, nowMs);
      events.sharedCacheRead({
        durationMs: nowMs - startedAtMs,
        outcome: sealed === null ? 'none' : 'found',
      });
      return Buffer.isBuffer(sealed) ? this.#open(question, { sealed, leftMs: Number(leftMs) }) : undefined;
    } catch {
      const nowMs = clock.monotonicMs();
      this.#breaker.onFailure(permit, nowMs);
      events.sharedCacheRead({ durationMs: nowMs - startedAtMs, outcome: 'failed' });
      return undefined;
    }
  }

  put(question: SharedQuestion, { answer, bytes }: WrittenAnswer): void {
    const { writes, clock, cipher } = this.#options;
    if (!writes.isConnected || this.#writesUnderWay >= MAX_WRITES) return;
    const { tenant, key } = question;
    const { ttlMs, requestedModel, response } = answer;
    const entry = joinPieces([Buffer.from(JSON.stringify({ requestedModel, ttlMs })), bytes]);
    const sealed = cipher.seal(entry, { tenant, knownToCallers: key, about: key });
    const index = this.#indexOf(tenant);
    const member = JSON.stringify([digestOf(key), requestedModel, response.route?.model ?? '']);
    const nowMs = clock.wallMs();
    this.#writesUnderWay++;
    writes.client
      .multi()
      .zadd(index, nowMs + ttlMs, member)
      .zremrangebyscore(index, '-inf', nowMs - CLOCK_SLACK_MS)
      .zremrangebyrank(index, 0, -MAX_ANSWERS - 1)
      .pexpire(index, MAX_TTL_MS + CLOCK_SLACK_MS)
      .set(this.#nameOf(question), sealed, 'PX', ttlMs)
      .exec()
      // It is not kept there: the next one who asks does not find it, and that is all.
      .catch(() => undefined)
      .finally(() => {
        this.#writesUnderWay--;
      });
  }

  async clear(scope: ClearScope): Promise<number> {
    const { client } = this.#options.writes;
    const index = this.#indexOf(scope.tenant);
    const wanted = { ...scope, key: scope.key === '' ? '' : digestOf(scope.key) };
    let removed = 0;
    let passedOver = 0;
    for (;;) {
      const members = await client.zrange(index, String(passedOver), String(passedOver + PAGE - 1));
      const cleared = members.filter((member) => isCleared(wanted, readMember(scope.tenant, member)));
      if (cleared.length > 0) {
        const names = cleared.map((member) =>
          this.#named(scope.tenant, readMember(scope.tenant, member).key),
        );
        const answers = await client
          .multi()
          .unlink(...names)
          .zrem(index, ...cleared)
          .exec();
        removed += Number(answers?.map(resultOf)[0]);
      }
      if (members.length < PAGE) return removed;
      passedOver += members.length - cleared.length;
    }
  }

  async countOf(tenant: string): Promise<number> {
    return this.#options.writes.client.zcount(this.#indexOf(tenant), this.#options.clock.wallMs(), '+inf');
  }

  #open(
    { tenant, key, kind }: SharedQuestion,
    { sealed, leftMs }: { readonly sealed: Buffer; readonly leftMs: number },
  ): FoundAnswer | undefined {
    const entry = this.#options.cipher.open(sealed, { tenant, knownToCallers: key, about: key });
    if (entry === undefined || !(leftMs > 0)) return undefined;
    const [head, bytes] = splitPieces(entry);
    if (head === undefined || bytes === undefined) return undefined;
    const { requestedModel, ttlMs } = JSON.parse(head.toString()) as EntryHead;
    const response = answersOf(kind).decode(bytes);
    const answer = { kind, tenant, requestedModel, response, ttlMs };
    // By the store's clock: those of replicas may differ.
    return { answer, ageMs: Math.max(0, ttlMs - leftMs), bytes: bytes.length };
  }

  #nameOf({ tenant, key }: SharedQuestion): string {
    return this.#named(tenant, digestOf(key));
  }

  #named(tenant: string, digest: string): string {
    return `${this.#placeOf(tenant)}:${digest}`;
  }

  #indexOf(tenant: string): string {
    return `${this.#placeOf(tenant)}:index`;
  }

  /** Redis puts what is alike in braces into one slot; names of tenants hold no braces. */
  #placeOf(tenant: string): string {
    return `${this.#options.prefix}:cache:{${tenant}}`;
  }
}

/** What is kept beside an answer's bytes. */
interface EntryHead {
  readonly requestedModel: string;
  readonly ttlMs: number;
}

/** A member of an index: the digest of a question's key, the model asked for, and the one that answered. */
function readMember(tenant: string, member: string): ClearedAnswer {
  const [key = '', requestedModel = '', servedModel = ''] = JSON.parse(member) as string[];
  return { tenant, key, requestedModel, servedModel };
}

const digestOf = (key: string): string => createHash('sha256').update(key).digest('hex');

/** @throws what a command of a pipeline failed by */
function resultOf([error, value]: [Error | null, unknown]): unknown {
  if (error !== null) throw error;
  return value;
}
