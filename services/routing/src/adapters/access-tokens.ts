import { type Clock, err, type Result } from '@switchyard/kernel';
import {
  type AccessToken,
  type KeyProblem,
  type RequestAuthorization,
  readAccessToken,
  type TokenGrant,
} from '@switchyard/llm';
import type { Logger } from '@switchyard/service-kit';
import { readAddress } from '../domain/provider/base-url.ts';
import type { ConfiguredProvider } from '../domain/snapshot/offering.ts';
import { AttemptDeadline } from '../transport/attempt-deadline.ts';
import type { ProviderExchange } from '../transport/provider-exchange.ts';
import { ENDED, type ProviderTransport } from '../transport/provider-transport.ts';

export interface AccessTokensOptions {
  readonly transport: Pick<ProviderTransport, 'send' | 'mayReach'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What is known of a grant's token. */
interface Held {
  authorization: RequestAuthorization | undefined;
  /** Monotonic; from then on it is not shown any more. */
  goodUntilMs: number;
  /** Monotonic; from then on a new one is asked for, while this one still serves. */
  refreshAtMs: number;
  /** Under way: whoever needs it waits for the same answer. */
  asking: Promise<RequestAuthorization | undefined> | undefined;
  problem: string | undefined;
}

/** Grants that are remembered; the one that was used longest ago goes first. */
const MAX_GRANTS = 2_000;
/** A token server that takes longer has failed; nobody else's request waits for it. */
const ASK_TIMEOUT_MS = 5_000;
/** After a failure it is asked again after this time. */
const RETRY_MS = 2_000;
/** A token is not shown in the last seconds of its life: it would end on its way. */
const MARGIN_MS = 10_000;
/** An answer is small; what is longer is none. */
const MAX_ANSWER_BYTES = 64 * 1024;
const FORM = Object.freeze({
  'content-type': 'application/x-www-form-urlencoded',
  accept: 'application/json',
});

/**
 * Access tokens of secrets that have to be exchanged for one (Google service accounts, Entra applications): asked for once,
 * shared by the providers of the secret, and asked for again when half of their life is over.
 */
export class AccessTokens {
  readonly #options: AccessTokensOptions;
  readonly #held = new Map<string, Held>();

  constructor(options: AccessTokensOptions) {
    this.#options = options;
  }

  /** Whether a token is at hand. `missing`: it could not be had a moment ago. */
  stateOf({ id }: TokenGrant): 'ready' | 'unknown' | 'missing' {
    const held = this.#held.get(id);
    if (held === undefined) return 'unknown';
    const nowMs = this.#options.clock.monotonicMs();
    if (held.authorization !== undefined && nowMs < held.goodUntilMs) return 'ready';
    return held.problem !== undefined && nowMs < held.refreshAtMs ? 'missing' : 'unknown';
  }

  /** Why a grant has no token; undefined where it has one, or was not asked yet. */
  problemOf(grant: TokenGrant): string | undefined {
    return this.stateOf(grant) === 'missing' ? this.#held.get(grant.id)?.problem : undefined;
  }

  /** The token, at once where it is at hand; undefined where it cannot be had. */
  get(
    grant: TokenGrant,
    provider: ConfiguredProvider,
  ): RequestAuthorization | Promise<RequestAuthorization | undefined> {
    const held = this.#of(grant.id);
    const nowMs = this.#options.clock.monotonicMs();
    const good = nowMs < held.goodUntilMs ? held.authorization : undefined;
    if (nowMs < held.refreshAtMs) return good ?? Promise.resolve(undefined);
    held.asking ??= this.#ask({ held, grant, provider });
    return good ?? held.asking;
  }

  #of(id: string): Held {
    const known = this.#held.get(id);
    const held: Held = known ?? {
      ...{ authorization: undefined, goodUntilMs: 0, asking: undefined, problem: undefined },
      refreshAtMs: Number.NEGATIVE_INFINITY,
    };
    // Last in the map's order: used last.
    this.#held.delete(id);
    this.#held.set(id, held);
    if (this.#held.size > MAX_GRANTS) this.#held.delete(this.#held.keys().next().value as string);
    return held;
  }

  /** Never rejects. */
  async #ask({
    held,
    grant,
    provider,
  }: {
    readonly held: Held;
    readonly grant: TokenGrant;
    readonly provider: ConfiguredProvider;
  }): Promise<RequestAuthorization | undefined> {
    const { clock, log } = this.#options;
    const askedAtMs = clock.monotonicMs();
    const token = await this.#exchange(grant, provider);
    held.asking = undefined;
    if (token.ok) {
      const { authorization, lifeMs } = token.value;
      held.problem = undefined;
      held.authorization = authorization;
      held.goodUntilMs = askedAtMs + lifeMs - Math.min(MARGIN_MS, lifeMs / 4);
      held.refreshAtMs = askedAtMs + lifeMs / 2;
      return authorization;
    }
    held.problem = token.error.description;
    held.refreshAtMs = clock.monotonicMs() + RETRY_MS;
    log.warn({ provider: provider.id, problem: held.problem }, 'an access token cannot be had');
    // The one before is good for a while still.
    return clock.monotonicMs() < held.goodUntilMs ? held.authorization : undefined;
  }

  async #exchange(
    { tokenUrl, form }: TokenGrant,
    provider: ConfiguredProvider,
  ): Promise<Result<AccessToken, KeyProblem>> {
    const { transport, clock } = this.#options;
    const address = readAddress(tokenUrl.origin);
    if (address === undefined || !transport.mayReach(address))
      return err({ description: `plain http to its token server at ${tokenUrl.host} is not allowed` });
    const limits = { ...provider.limits, totalMs: ASK_TIMEOUT_MS };
    const deadline = new AttemptDeadline({
      limits,
      answer: 'whole',
      signal: undefined,
      remainingMs: undefined,
    });
    const query = tokenUrl.search === '' ? undefined : tokenUrl.search.slice(1);
    try {
      const exchange = transport.send({
        provider: { ...provider, address },
        encoded: { path: tokenUrl.pathname, query, headers: FORM, body: form(clock.wallMs()) },
        headers: {},
        deadline,
        onSending: () => undefined,
      });
      const { status } = await exchange.head;
      return readAccessToken({ status, body: await readText(exchange) });
    } catch {
      const how = deadline.cause === undefined ? 'cannot be reached' : 'did not answer in time';
      return err({ description: `its token server at ${tokenUrl.host} ${how}` });
    } finally {
      deadline.stop();
    }
  }
}

/** @throws where it is too long, or breaks off */
async function readText(body: Pick<ProviderExchange, 'next' | 'end'>): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for (;;) {
    const chunk = await body.next();
    if (chunk === undefined) break;
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) {
      body.end(ENDED);
      throw new RangeError('the answer of a token server is too long');
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
