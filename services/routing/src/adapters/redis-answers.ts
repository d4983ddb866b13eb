import type { Clock } from '@switchyard/kernel';
import type { RedisConnection } from '@switchyard/service-kit';
import { type ClearedAnswer, type ClearScope, isCleared } from '../domain/cache/clear-scope.ts';
import { answersOf } from '../domain/cache/kept-answer.ts';
import { joinPieces, splitPieces } from '../domain/idempotency/stored-pieces.ts';
import type { RoutingEvents } from '../events.ts';
import type { FoundAnswer, SharedAnswers, SharedQuestion, WrittenAnswer } from '../ports.ts';
import type { AnswerCipher } from './answer-cipher.ts';
import { digestOf, type RedisPlaces, resultOf } from './redis-places.ts';
import type { RedisReads } from './redis-reads.ts';

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
  readonly reads: RedisReads;
  /** For what nobody waits for. */
  readonly writes: RedisConnection;
  readonly places: RedisPlaces;
  readonly cipher: AnswerCipher;
  readonly clock: Clock;
  readonly events: RoutingEvents;
}

/**
 * Answers in Redis, for all replicas. Whatever goes wrong is a miss, within the time of {@link RedisReads}.
 *
 * An answer lies under the digest of its question's key, encrypted by that key and the service's own: who reads Redis learns neither
 * questions nor answers. Beside them a tenant has an index, by when each ends.
 */
export class RedisAnswers implements SharedAnswers {
  readonly #options: RedisAnswersOptions;
  #writesUnderWay = 0;

  constructor(options: RedisAnswersOptions) {
    this.#options = options;
  }

  get isUp(): boolean {
    return this.#options.reads.isUp;
  }

  async get(question: SharedQuestion): Promise<FoundAnswer | undefined> {
    const { reads, events } = this.#options;
    const name = this.#nameOf(question);
    const read = await reads.read(async (client) =>
      (await client.pipeline().getBuffer(name).pttl(name).exec())?.map(resultOf),
    );
    if (read.kind === 'away') return undefined;
    const { durationMs } = read;
    const found = read.kind === 'read' ? this.#found(question, read.value) : 'failed';
    events.sharedCacheRead({ durationMs, outcome: typeof found === 'string' ? found : 'found' });
    return typeof found === 'string' ? undefined : found;
  }

  put(question: SharedQuestion, { answer, bytes }: WrittenAnswer): void {
    const { writes, clock, cipher, places } = this.#options;
    if (!writes.isConnected || this.#writesUnderWay >= MAX_WRITES) return;
    const { tenant, key } = question;
    const { ttlMs, requestedModel, response } = answer;
    const entry = joinPieces([Buffer.from(JSON.stringify({ requestedModel, ttlMs })), bytes]);
    const sealed = cipher.seal(entry, { tenant, knownToCallers: key, about: key });
    const index = places.index(tenant);
    const member = JSON.stringify([digestOf(key), requestedModel, response.route?.model ?? '']);
    const nowMs = clock.wallMs();
    this.#writesUnderWay++;
    writes.client
      .multi()
      .zadd(index, nowMs + ttlMs, member)
      .zremrangebyscore(index, '-inf', nowMs - CLOCK_SLACK_MS)
      .zrange(index, '0', String(-MAX_ANSWERS - 1))
      .zremrangebyrank(index, 0, -MAX_ANSWERS - 1)
      .pexpire(index, MAX_TTL_MS + CLOCK_SLACK_MS)
      .set(this.#nameOf(question), sealed, 'PX', ttlMs)
      .exec()
      .then((results) => this.#unlink(tenant, resultOf(results?.[2] ?? NOTHING) as string[]))
      // It is not kept there: the next one who asks does not find it, and that is all.
      .catch(() => undefined)
      .finally(() => {
        this.#writesUnderWay--;
      });
  }

  async clear(scope: ClearScope): Promise<number> {
    const { places, writes } = this.#options;
    const { tenant } = scope;
    const index = places.index(tenant);
    const wanted = { ...scope, key: scope.key === '' ? '' : digestOf(scope.key) };
    let removed = 0;
    let passedOver = 0;
    for (;;) {
      const members = await writes.client.zrange(index, String(passedOver), String(passedOver + PAGE - 1));
      const cleared = members.filter((member) => isCleared(wanted, readMember(tenant, member)));
      removed += await this.#unlink(tenant, cleared);
      if (cleared.length > 0) await writes.client.zrem(index, ...cleared);
      if (members.length < PAGE) return removed;
      passedOver += members.length - cleared.length;
    }
  }

  async countOf(tenant: string): Promise<number> {
    const { places, writes, clock } = this.#options;
    return writes.client.zcount(places.index(tenant), clock.wallMs(), '+inf');
  }

  /** Removes answers, and the vectors of their questions. @param members of the index @returns how many answers there were */
  async #unlink(tenant: string, members: readonly string[]): Promise<number> {
    if (members.length === 0) return 0;
    const { places, writes } = this.#options;
    const digests = members.map((member) => readMember(tenant, member).key);
    const results = await writes.client
      .multi()
      .unlink(...digests.map((digest) => places.answer(tenant, digest)))
      .unlink(...digests.map((digest) => places.vector(tenant, digest)))
      .exec();
    return Number(resultOf(results?.[0] ?? NOTHING));
  }

  /** What is wrong with it is no answer. */
  #found(question: SharedQuestion, results: unknown[] | undefined): FoundAnswer | 'none' | 'failed' {
    const [sealed, leftMs] = results ?? [];
    if (!Buffer.isBuffer(sealed)) return 'none';
    try {
      return this.#open(question, { sealed, leftMs: Number(leftMs) }) ?? 'failed';
    } catch {
      return 'failed';
    }
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
    return this.#options.places.answer(tenant, digestOf(key));
  }
}

/** In place of the result of a transaction that was not done. */
const NOTHING: [Error | null, unknown] = [new Error('Redis has not done it'), undefined];

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
