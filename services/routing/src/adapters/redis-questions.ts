import type { Clock } from '@switchyard/kernel';
import type { RedisConnection } from '@switchyard/service-kit';
import { type KnownQuestion, MAX_QUESTIONS_OF_SCOPE, type SemanticPlace } from '../cache/known-questions.ts';
import { joinPieces, splitPieces } from '../domain/idempotency/stored-pieces.ts';
import type { SharedQuestions, WrittenQuestion } from '../ports.ts';
import type { AnswerCipher } from './answer-cipher.ts';
import { digestOf, type RedisPlaces, resultOf } from './redis-places.ts';
import type { RedisReads } from './redis-reads.ts';

/** Questions that may be on their way to Redis: while it is slow further ones are not kept there. */
const MAX_WRITES = 256;

/** What the store stands on. */
export interface RedisQuestionsOptions {
  /** For what requests wait for. */
  readonly reads: RedisReads;
  /** For what nobody waits for. */
  readonly writes: RedisConnection;
  readonly places: RedisPlaces;
  readonly cipher: AnswerCipher;
  readonly clock: Clock;
}

/**
 * What is known of questions, for all replicas. Whatever goes wrong, none is known.
 *
 * The vector of a question lies beside its answer, for as long, and is removed with it. It is encrypted by the name of its scope and the
 * service's own key, since a vector tells what its text was about. A scope lists the digests of its questions, the first to end leaving
 * first.
 */
export class RedisQuestions implements SharedQuestions {
  readonly #options: RedisQuestionsOptions;
  #writesUnderWay = 0;

  constructor(options: RedisQuestionsOptions) {
    this.#options = options;
  }

  async unknownOf(place: SemanticPlace, known: Iterable<string>): Promise<KnownQuestion[]> {
    const { reads, places, clock } = this.#options;
    const { tenant, scope } = place;
    const name = places.scope(tenant, digestOf(scope));
    // What has ended is listed until the next question is put.
    const listed = await reads.read((client) =>
      client.zrevrangebyscore(name, '+inf', `(${clock.wallMs()}`, 'LIMIT', 0, MAX_QUESTIONS_OF_SCOPE),
    );
    if (listed.kind !== 'read' || listed.value.length === 0) return [];
    const knownDigests = new Set(Array.from(known, digestOf));
    const unknown = listed.value.filter((digest) => !knownDigests.has(digest));
    if (unknown.length === 0) return [];
    const names = unknown.map((digest) => places.vector(tenant, digest));
    const read = await reads.read(async (client) => {
      const pipeline = client.pipeline();
      for (const vector of names) pipeline.getBuffer(vector).pttl(vector);
      return (await pipeline.exec())?.map(resultOf) ?? [];
    });
    if (read.kind !== 'read') return [];
    return unknown.flatMap((_, i) => {
      const [sealed, leftMs] = read.value.slice(2 * i, 2 * i + 2);
      return Buffer.isBuffer(sealed) ? (this.#open(place, { sealed, leftMs: Number(leftMs) }) ?? []) : [];
    });
  }

  put({ tenant, scope }: SemanticPlace, { key, embeddedBy, vector, ttlMs }: WrittenQuestion): void {
    const { writes, clock, cipher, places } = this.#options;
    if (!writes.isConnected || this.#writesUnderWay >= MAX_WRITES) return;
    const head = Buffer.from(JSON.stringify({ key, embeddedBy }));
    const entry = joinPieces([head, Buffer.from(vector)]);
    const sealed = cipher.seal(entry, { tenant, knownToCallers: scope, about: scope });
    const name = places.scope(tenant, digestOf(scope));
    const digest = digestOf(key);
    this.#writesUnderWay++;
    writes.client
      .multi()
      .zremrangebyscore(name, '-inf', clock.wallMs())
      .zadd(name, clock.wallMs() + ttlMs, digest)
      .zremrangebyrank(name, 0, -MAX_QUESTIONS_OF_SCOPE - 1)
      .pexpire(name, ttlMs, 'NX')
      .pexpire(name, ttlMs, 'GT')
      .set(places.vector(tenant, digest), sealed, 'PX', ttlMs)
      .exec()
      // It is not known there: the others have to ask, and that is all.
      .catch(() => undefined)
      .finally(() => {
        this.#writesUnderWay--;
      });
  }

  /** What is wrong with it is no question. */
  #open(
    { tenant, scope }: SemanticPlace,
    { sealed, leftMs }: { readonly sealed: Buffer; readonly leftMs: number },
  ): KnownQuestion | undefined {
    const { cipher, clock } = this.#options;
    const entry = cipher.open(sealed, { tenant, knownToCallers: scope, about: scope });
    if (entry === undefined || !(leftMs > 0)) return undefined;
    const [head, bytes] = splitPieces(entry);
    if (head === undefined || bytes === undefined) return undefined;
    const { key, embeddedBy } = JSON.parse(head.toString()) as Pick<KnownQuestion, 'key' | 'embeddedBy'>;
    return { key, embeddedBy, vector: new Int8Array(bytes), endsAtMs: clock.monotonicMs() + leftMs };
  }
}
