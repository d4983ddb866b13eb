import { setTimeout as pause } from 'node:timers/promises';
import type { BusNames } from '@switchyard/contracts';
import { type ReadSecretResponse, SecretServiceClient } from '@switchyard/contracts/credential';
import { type Clock, err, type Result, ServiceError } from '@switchyard/kernel';
import {
  type Authorization,
  type KeyProblem,
  NO_AUTHORIZATION,
  type RequestAuthorization,
  readKey,
} from '@switchyard/llm';
import {
  type Bus,
  callUnary,
  type GrpcTarget,
  isReachable,
  type Logger,
  onCredentialChange,
  openGrpcClient,
} from '@switchyard/service-kit';
import { reachesOf } from '../domain/snapshot/at-endpoints.ts';
import type { ConfiguredProvider } from '../domain/snapshot/offering.ts';
import type { ProviderSecrets } from '../ports.ts';
import type { AccessTokens } from './access-tokens.ts';

export interface CredentialSecretsOptions {
  readonly target: GrpcTarget;
  readonly bus: Bus;
  readonly names: BusNames;
  /** Where secrets are exchanged that must be. */
  readonly tokens: AccessTokens;
  readonly clock: Clock;
  readonly log: Logger;
}

interface Entry {
  /** A provider that uses it, to read it again for. */
  readonly provider: ConfiguredProvider;
  readonly value: string | undefined;
  readonly allowedOrigins: ReadonlySet<string>;
  readonly readAtMs: number;
  readonly ttlMs: number;
  /** When it is read again while it still serves, so that no request waits for it. */
  readonly refreshAtMs: number;
  /** It as each provider is shown it, or why it cannot be: made once. */
  readonly keys: WeakMap<ConfiguredProvider, Result<Authorization, KeyProblem>>;
}

/** Longest time of asking. */
const ASKING_MS = 3_000;
/** As long as this, credential that fails for now is asked again for a secret that is not known. */
const PATIENCE_MS = 2_000;
const ASK_AGAIN_MS = 250;
/** How long credential counts as away after a failure: who asks then is told after one question. */
const AWAY_MS = 5_000;
/** How long after a failure, while the value that is known serves, it is tried again. */
const RETRY_MS = 2_000;
/** A secret that was not there, or could not be read, is asked for again after this time. */
const MISSING_TTL_MS = 2_000;
const MISSING = {
  value: undefined,
  allowedOrigins: new Set<string>(),
  ttlMs: MISSING_TTL_MS,
  refreshAtMs: Number.POSITIVE_INFINITY,
};

/** Providers' keys, read from the credential service and kept in memory for as long as it allows. */
export class CredentialSecrets implements ProviderSecrets {
  readonly #options: CredentialSecretsOptions;
  readonly #client: SecretServiceClient;
  readonly #entries = new Map<string, Entry>();
  readonly #reading = new Map<string, Promise<Entry>>();
  /** Until when credential counts as away, monotonic. */
  #awayUntilMs = Number.NEGATIVE_INFINITY;

  constructor(options: CredentialSecretsOptions) {
    this.#options = options;
    this.#client = openGrpcClient(SecretServiceClient, options.target);
    onCredentialChange(options, {
      onChange: ({ kind, tenant, id }) => {
        if (kind === 'secret') this.#readAgain(entryKey(tenant === 'installation' ? '' : tenant, id));
      },
      onGap: () => {
        for (const key of this.#entries.keys()) this.#readAgain(key);
      },
    });
  }

  /** Whether the credential service can be reached. */
  get isUp(): boolean {
    return isReachable(this.#client);
  }

  stateOf(provider: ConfiguredProvider): 'ready' | 'unknown' | 'missing' {
    if (provider.credentialRef === '') return 'ready';
    const entry = this.#fresh(keyOf(provider));
    if (entry === undefined) return 'unknown';
    const key = keyFor(entry, provider);
    if (!key.ok) return 'missing';
    return key.value.kind === 'token' ? this.#options.tokens.stateOf(key.value.grant) : 'ready';
  }

  problemOf(provider: ConfiguredProvider): string | undefined {
    const entry = provider.credentialRef === '' ? undefined : this.#fresh(keyOf(provider));
    const key = entry === undefined ? undefined : keyFor(entry, provider);
    if (key === undefined) return undefined;
    if (!key.ok) return key.error.description;
    return key.value.kind === 'token' ? this.#options.tokens.problemOf(key.value.grant) : undefined;
  }

  get(provider: ConfiguredProvider): RequestAuthorization | Promise<RequestAuthorization | undefined> {
    if (provider.credentialRef === '') return NO_AUTHORIZATION;
    const entry = this.#fresh(keyOf(provider));
    if (entry !== undefined) {
      if (this.#options.clock.monotonicMs() >= entry.refreshAtMs) void this.#read(provider);
      return this.#shown(entry, provider) ?? Promise.resolve(undefined);
    }
    return this.#read(provider).then((read) => this.#shown(read, provider));
  }

  /** Reads the keys of providers before they are needed. */
  async prefetch(providers: readonly ConfiguredProvider[]): Promise<void> {
    const needed = providers.flatMap(reachesOf).filter((reach) => this.stateOf(reach) === 'unknown');
    await Promise.all(needed.map((reach) => this.get(reach)));
  }

  /** The key as it is shown: its access token, where it must be exchanged for one. */
  #shown(
    entry: Entry,
    provider: ConfiguredProvider,
  ): RequestAuthorization | Promise<RequestAuthorization | undefined> | undefined {
    const key = keyFor(entry, provider);
    if (!key.ok) return undefined;
    return key.value.kind === 'token' ? this.#options.tokens.get(key.value.grant, provider) : key.value;
  }

  close(): void {
    this.#client.close();
  }

  #fresh(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    return entry !== undefined && this.#options.clock.monotonicMs() - entry.readAtMs < entry.ttlMs
      ? entry
      : undefined;
  }

  /** Something may have changed: it is read again at once, and serves as it was until the answer is here. */
  #readAgain(key: string): void {
    const under = this.#reading.get(key);
    const entry = this.#entries.get(key);
    // What is being read now may be from before the change.
    if (under !== undefined) void under.then(({ provider }) => this.#read(provider));
    else if (entry !== undefined) void this.#read(entry.provider);
  }

  #read(provider: ConfiguredProvider): Promise<Entry> {
    const key = keyOf(provider);
    const under = this.#reading.get(key);
    if (under !== undefined) return under;
    const reading = this.#ask(provider).then((entry) => {
      this.#reading.delete(key);
      this.#entries.set(key, entry);
      return entry;
    });
    this.#reading.set(key, reading);
    return reading;
  }

  /** Never rejects: a secret that cannot be read is missing for a while; one that was read before serves on for its time. */
  async #ask(provider: ConfiguredProvider): Promise<Entry> {
    const { clock, log } = this.#options;
    const { id } = provider;
    const readAtMs = clock.monotonicMs();
    try {
      const { value, secret, ttlSeconds } = await this.#askPatiently(provider);
      const allowedOrigins = new Set(secret?.allowedOrigins);
      const ttlMs = ttlSeconds * 1000;
      const refreshAtMs = readAtMs + ttlMs / 2;
      const text = value.toString('utf8');
      const entry: Entry = {
        ...{ provider, value: text, allowedOrigins, readAtMs, ttlMs, refreshAtMs },
        keys: new WeakMap(),
      };
      const key = keyFor(entry, provider);
      if (!key.ok)
        log.warn({ provider: id, problem: key.error.description }, 'a provider key cannot be used');
      return entry;
    } catch (error) {
      const reason = error instanceof ServiceError ? error.reason : 'UNKNOWN';
      log.warn({ provider: id, reason }, 'a provider key cannot be read');
      const known = isForNow(error) ? this.#fresh(keyOf(provider)) : undefined;
      if (known !== undefined) return { ...known, refreshAtMs: clock.monotonicMs() + RETRY_MS };
      return { provider, ...MISSING, readAtMs: clock.monotonicMs(), keys: new WeakMap() };
    }
  }

  /** A secret that is known serves on: only for one that is not is credential asked again, and not once it is known to be away. */
  async #askPatiently(provider: ConfiguredProvider): Promise<ReadSecretResponse> {
    const { clock } = this.#options;
    const untilMs = clock.monotonicMs() + ASKING_MS;
    const over = AbortSignal.timeout(PATIENCE_MS);
    const isAway = clock.monotonicMs() < this.#awayUntilMs;
    for (;;) {
      try {
        const read = await this.#askOnce(provider, Math.max(ASK_AGAIN_MS, untilMs - clock.monotonicMs()));
        this.#awayUntilMs = Number.NEGATIVE_INFINITY;
        return read;
      } catch (error) {
        if (!isForNow(error)) throw error;
        this.#awayUntilMs = clock.monotonicMs() + AWAY_MS;
        if (isAway || over.aborted || this.#fresh(keyOf(provider)) !== undefined) throw error;
      }
      await pause(ASK_AGAIN_MS);
    }
  }

  #askOnce(
    { tenant, credentialRef, id }: ConfiguredProvider,
    timeoutMs: number,
  ): Promise<ReadSecretResponse> {
    return callUnary({
      method: this.#client.readSecret.bind(this.#client),
      request: { id: credentialRef, tenant, purpose: `call provider ${id}` },
      target: this.#options.target,
      timeoutMs,
    });
  }
}

const isForNow = (error: unknown): boolean => error instanceof ServiceError && error.retryable;

function keyFor(entry: Entry, provider: ConfiguredProvider): Result<Authorization, KeyProblem> {
  let key = entry.keys.get(provider);
  if (key === undefined) {
    key = readFor(entry, provider);
    entry.keys.set(provider, key);
  }
  return key;
}

/** The key, where it may be sent to the provider's address. */
function readFor(
  { value, allowedOrigins }: Entry,
  { address, authStyle }: ConfiguredProvider,
): Result<Authorization, KeyProblem> {
  if (value === undefined) return err({ description: 'it is not there or cannot be read' });
  const { origin, host } = address;
  if (!allowedOrigins.has(origin)) return err(notAllowed(origin));
  const key = readKey({ style: authStyle, secret: value, host });
  if (!key.ok || key.value.kind !== 'token') return key;
  // Where tokens are had may be written in the secret itself, which somebody pasted.
  const { origin: tokenOrigin } = key.value.grant.tokenUrl;
  return allowedOrigins.has(tokenOrigin) ? key : err(notAllowed(tokenOrigin));
}

const notAllowed = (origin: string): KeyProblem => ({
  description: `it may not be sent to ${origin}: its allowed_origins do not have that`,
});

const entryKey = (tenant: string, id: string): string => `${tenant}/${id}`;
const keyOf = ({ tenant, credentialRef }: ConfiguredProvider): string => entryKey(tenant, credentialRef);
