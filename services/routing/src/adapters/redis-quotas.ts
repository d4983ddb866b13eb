import { withinTime } from '@switchyard/kernel';
import type { Logger, RedisConnection } from '@switchyard/service-kit';
import type { Quota } from '../domain/limits/quota.ts';
import type { QuotaExchange, QuotaReply, QuotaStore } from '../runtime/limits/quota-store.ts';
import { BUCKET_SCRIPT, REPLICAS_SCRIPT, WINDOW_SCRIPT } from './quota-scripts.ts';

/** How long granted units may be used, and a place is held without a word of its replica. */
const TTL_MS = 10_000;
/** How often the store is asked whether it works, and told that this replica is there. */
const BEAT_MS = 1_000;
/** So many beats follow one another at once. */
const MAX_BEATS = 3;
/** A replica of which nothing was heard for so long counts no more. */
const REPLICA_TTL_MS = 5_000;

type Answer = readonly [granted: number, waitMs: number, slot: number, expiresInMs: number, used: string];
type Command = (key: string, ...args: (string | number)[]) => Promise<unknown>;

/** Where limits are shared. */
export interface RedisQuotasOptions {
  readonly redis: RedisConnection;
  /** What keys begin with. */
  readonly prefix: string;
  readonly replica: string;
  /** Longest wait for an answer, in milliseconds: who waits longer goes on with this replica's part. */
  readonly answerMs: number;
  readonly log: Logger;
}

/** The limits that all replicas share, in Redis. What fails is not tried again here: until the store answers again each replica is on its own. */
export class RedisQuotas implements QuotaStore {
  readonly #options: RedisQuotasOptions;
  readonly #bucket: Command;
  readonly #window: Command;
  readonly #beat: Command;
  readonly #timer: NodeJS.Timeout;
  readonly #listeners: (() => void)[] = [];
  #works = false;
  #isBeating = false;
  #replicas = 1;

  constructor(options: RedisQuotasOptions) {
    this.#options = options;
    const { client } = options.redis;
    const command = (name: string, lua: string): Command => {
      client.defineCommand(name, { numberOfKeys: 1, lua });
      return (client as unknown as Record<string, Command>)[name]?.bind(client) as Command;
    };
    this.#bucket = command('switchyardBucket', BUCKET_SCRIPT);
    this.#window = command('switchyardWindow', WINDOW_SCRIPT);
    this.#beat = command('switchyardReplicas', REPLICAS_SCRIPT);
    client.on('ready', () => void this.#heartbeat());
    client.on('close', () => this.#failed(new Error('the connection is closed')));
    this.#timer = setInterval(() => void this.#heartbeat(), BEAT_MS).unref();
  }

  get isUp(): boolean {
    return this.#works && this.#options.redis.isConnected;
  }

  get replicas(): number {
    return this.#replicas;
  }

  async exchange(
    quota: Quota,
    asked: QuotaExchange,
    hearLate: (reply: QuotaReply) => void,
  ): Promise<QuotaReply | undefined> {
    const answered = this.#send(this.#keyOf(`limit:{${quota.key}}`), quota, asked).then(replyOf);
    try {
      return await withinTime(answered, this.#options.answerMs);
    } catch (error) {
      this.#failed(error);
      answered.then(
        (late) => {
          hearLate(late);
          return this.#heartbeat();
        },
        () => undefined,
      );
      return undefined;
    }
  }

  onUp(listener: () => void): void {
    this.#listeners.push(listener);
  }

  dispose(): void {
    clearInterval(this.#timer);
    this.#works = false;
  }

  #send(key: string, { capacity, counting }: Quota, asked: QuotaExchange): Promise<unknown> {
    const { held, returned, slot, need, least, ahead } = asked;
    const wanted = [need, least, ahead] as const;
    if (counting.kind === 'window') {
      const { slotMs, slots } = counting;
      return this.#window(key, capacity, slotMs, slots, slot, returned, this.#replicas, ...wanted);
    }
    const perMs = counting.kind === 'held' ? 0 : counting.perMinute / 60_000;
    const { replica } = this.#options;
    return this.#bucket(key, replica, capacity, perMs, TTL_MS, held, returned, this.#replicas, ...wanted);
  }

  async #heartbeat(): Promise<void> {
    if (this.#isBeating || !this.#options.redis.isConnected) return;
    this.#isBeating = true;
    try {
      // One that comes late says only that the next may come in time.
      for (let tries = 0; tries < MAX_BEATS && !(await this.#beatInTime()); tries++);
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#isBeating = false;
    }
  }

  async #beatInTime(): Promise<boolean> {
    const { replica, answerMs } = this.#options;
    const askedAtMs = performance.now();
    const seen = (await this.#beat(this.#keyOf('replicas'), replica, REPLICA_TTL_MS)) as number;
    if (performance.now() - askedAtMs > answerMs) return false;
    // After a silence the others may not have told that they are there yet.
    this.#replicas = this.#works ? seen : Math.max(seen, this.#replicas);
    if (!this.#works) {
      this.#works = true;
      for (const listener of this.#listeners) listener();
    }
    return true;
  }

  #failed(error: unknown): void {
    if (this.#works)
      this.#options.log.warn({ err: error }, 'limits are not shared now: each replica keeps to its part');
    this.#works = false;
  }

  #keyOf(name: string): string {
    return `${this.#options.prefix}:${name}`;
  }
}

function replyOf(answer: unknown): QuotaReply {
  const [granted, waitMs, slot, expiresInMs, used] = answer as Answer;
  return { granted, waitMs, slot, expiresInMs, used: Number(used) };
}
