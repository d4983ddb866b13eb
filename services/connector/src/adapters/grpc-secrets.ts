import { SecretServiceClient } from '@switchyard/contracts/credential';
import { type Clock, ServiceError } from '@switchyard/kernel';
import { callUnary, type GrpcTarget, openGrpcClient } from '@switchyard/service-kit';
import { connectorError } from '../errors.ts';
import type { SecretName, Secrets, UsableSecret } from '../ports.ts';

export interface GrpcSecretsOptions {
  /** The credential service, and this service's key. */
  readonly target: GrpcTarget;
  readonly clock: Clock;
  /** Whether changes of secrets arrive now. While they do not, a secret is read again after 30 s. */
  readonly eventsArrive: () => boolean;
  /** Told how each use of a secret was answered. */
  readonly onRead: (result: 'cached' | 'read' | 'failed') => void;
}

interface Cached {
  readonly secret: UsableSecret;
  /** Monotonic. */
  readonly readAtMs: number;
  readonly ttlMs: number;
}

const READ_TIMEOUT_MS = 2_000;
const MAX_STALE_MS = 30_000;
/** Most secrets in memory. */
const MAX_CACHED = 10_000;

/** Secrets from the credential service, kept in memory for as long as it says and not after a change. */
export class GrpcSecrets implements Secrets {
  readonly #options: GrpcSecretsOptions;
  readonly #client: SecretServiceClient;
  readonly #cache = new Map<string, Cached>();
  readonly #reading = new Map<string, Promise<UsableSecret>>();
  /** Grows with every change: what was read before one is used, but not kept. */
  #generation = 0;

  constructor(options: GrpcSecretsOptions) {
    this.#options = options;
    this.#client = openGrpcClient(SecretServiceClient, options.target);
  }

  async read(name: SecretName): Promise<UsableSecret> {
    const { clock, eventsArrive, onRead } = this.#options;
    const key = keyOf(name);
    const cached = this.#cache.get(key);
    if (cached !== undefined) {
      const ageMs = clock.monotonicMs() - cached.readAtMs;
      if (ageMs < (eventsArrive() ? cached.ttlMs : Math.min(cached.ttlMs, MAX_STALE_MS))) {
        onRead('cached');
        return cached.secret;
      }
      this.#cache.delete(key);
    }
    const under = this.#reading.get(key);
    if (under !== undefined) return under;
    const reading = this.#read(name).finally(() => {
      if (this.#reading.get(key) === reading) this.#reading.delete(key);
    });
    this.#reading.set(key, reading);
    return reading;
  }

  /** A secret changed; undefined: any may have. */
  drop(name: SecretName | undefined): void {
    this.#generation += 1;
    // Whoever asks from now on must not get an answer that was on its way before.
    this.#reading.clear();
    if (name === undefined) this.#cache.clear();
    else this.#cache.delete(keyOf(name));
  }

  close(): void {
    this.#client.close();
  }

  async #read(name: SecretName): Promise<UsableSecret> {
    const { clock, target, onRead } = this.#options;
    const generation = this.#generation;
    const readAtMs = clock.monotonicMs();
    try {
      const { secret, value, ttlSeconds } = await callUnary({
        method: this.#client.readSecret.bind(this.#client),
        request: { ...name, purpose: 'connector' },
        target,
        timeoutMs: READ_TIMEOUT_MS,
      });
      const usable: UsableSecret = { value, allowedOrigins: secret?.allowedOrigins ?? [] };
      onRead('read');
      if (generation === this.#generation) {
        this.#keep(name, { secret: usable, readAtMs, ttlMs: ttlSeconds * 1000 });
      }
      return usable;
    } catch (error) {
      onRead('failed');
      const isMissing = error instanceof ServiceError && error.code === 'NOT_FOUND';
      throw connectorError(isMissing ? 'CREDENTIAL_NOT_FOUND' : 'CREDENTIAL_UNAVAILABLE', {
        cause: error,
        ...(isMissing ? {} : { retryAfterMs: 1_000 }),
      });
    }
  }

  #keep(name: SecretName, cached: Cached): void {
    if (cached.ttlMs <= 0) return;
    if (this.#cache.size >= MAX_CACHED) this.#cache.delete(this.#cache.keys().next().value as string);
    this.#cache.set(keyOf(name), cached);
  }
}

/** Neither part can hold the character between them. */
const keyOf = ({ tenant, id }: SecretName): string => `${tenant}\n${id}`;
