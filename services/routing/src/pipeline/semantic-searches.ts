import { CacheUse, EmbedRequest, type EmbedResponse, Purpose } from '@switchyard/contracts/routing';
import { withinTime } from '@switchyard/kernel';
import { CircuitBreaker } from '@switchyard/resilience';
import { LRUCache } from 'lru-cache';
import type { NearQuestion, SemanticPlace } from '../cache/known-questions.ts';
import type { SemanticRules } from '../domain/cache/cache-rules.ts';
import { embeddingProviders } from '../domain/cache/embedding-providers.ts';
import { packVector } from '../domain/cache/packed-vector.ts';
import { semanticQuestionOf } from '../domain/cache/semantic-question.ts';
import type { PipelineContext } from '../ports.ts';
import { type AskedCall, askRequest } from './ask-request.ts';
import type { CachedCall } from './cached-hit.ts';
import type { Embedded, SemanticSearch } from './semantic-search.ts';

/** Most questions that are looked for at once; for further ones nobody looks. */
const MAX_SEARCHES = 1_000;
/** Embedding models of tenants whose failures are remembered. */
const MAX_BREAKERS = 1_000;
/** Longest that a question is embedded, in milliseconds. Nobody waits for so long: one that is late is known the next time. */
const EMBED_MS = 10_000;

/** Embeds a question, for whoever asks it. */
type Embed = (asked: AskedCall<'embed'>) => Promise<EmbedResponse>;

interface Sought {
  readonly call: CachedCall<'chat'>;
  readonly semantic: SemanticRules;
  readonly place: SemanticPlace;
  readonly text: string;
  /** Who may embed it; empty: all that offer the model. */
  readonly providers: readonly string[];
}

/** Looks for questions that mean nearly the same as one that has no kept answer. Whatever goes wrong, there is none. */
export class SemanticSearches {
  readonly #context: PipelineContext;
  readonly #embed: Embed;
  readonly #underWay = new Map<string, SemanticSearch>();
  readonly #breakers = new LRUCache<string, CircuitBreaker>({ max: MAX_BREAKERS });

  /** @param embed asks a provider, as every request is asked */
  constructor(context: PipelineContext, embed: Embed) {
    this.#context = context;
    this.#embed = embed;
  }

  /** Begins to look; those who ask the same at once share it. @returns undefined where nobody looks */
  begin(call: CachedCall<'chat'>): SemanticSearch | undefined {
    const { semantic } = call.rules;
    if (semantic === undefined) return undefined;
    const { tenant } = call.asked;
    const question = semanticQuestionOf(call.asked, semantic.embeddingModel);
    if (question === undefined) return undefined;
    const { scope, text } = question;
    const providers = embeddingProviders(semantic.embeddingModel, call.asked);
    if (providers === 'none') return undefined;
    const name = JSON.stringify([call.epoch, call.key, semantic]);
    const underWay = this.#underWay.get(name);
    if (underWay !== undefined) return underWay;
    if (this.#underWay.size >= MAX_SEARCHES) return undefined;
    const search = this.#search({ call, semantic, text, providers, place: { tenant, scope } });
    if (search === undefined) return undefined;
    this.#underWay.set(name, search);
    void Promise.allSettled([search.near, search.embedded]).then(() => this.#underWay.delete(name));
    return search;
  }

  /** Makes a question known whose answer is kept now. */
  async remember({ asked, rules, key, epoch }: CachedCall<'chat'>, search: SemanticSearch): Promise<void> {
    const { memory, questions, sharedQuestions, clock } = this.#context;
    const embedded = await search.embedded;
    if (embedded === undefined || memory.epochOf(asked.tenant) !== epoch) return;
    const { ttlMs } = rules;
    questions.put(search.place, [{ key, ...embedded, endsAtMs: clock.monotonicMs() + ttlMs }]);
    sharedQuestions?.put(search.place, { key, ...embedded, ttlMs });
  }

  /** @returns undefined while the embedding model fails */
  #search(sought: Sought): SemanticSearch | undefined {
    const { clock, events, semanticWaitMs, log } = this.#context;
    const { call, semantic, place } = sought;
    const breaker = this.#breakerOf(call.asked.tenant, semantic.embeddingModel);
    const beganAtMs = clock.monotonicMs();
    const permit = breaker.tryAcquire(beganAtMs);
    if (permit === undefined) return undefined;
    const embedded = this.#embedded(sought).catch((error: unknown) => {
      log.debug({ err: error, embeddingModel: semantic.embeddingModel }, 'a question was not embedded');
      return undefined;
    });
    const near = withinTime(this.#near(sought, embedded), semanticWaitMs).then(
      (found) => {
        const nowMs = clock.monotonicMs();
        if (found === undefined) breaker.onFailure(permit, nowMs);
        else breaker.onSuccess(permit, nowMs);
        const outcome = found === undefined ? 'failed' : found.length > 0 ? 'found' : 'none';
        events.semanticSearchEnded({ outcome, durationMs: nowMs - beganAtMs });
        return found ?? [];
      },
      () => {
        const nowMs = clock.monotonicMs();
        breaker.onFailure(permit, nowMs);
        events.semanticSearchEnded({ outcome: 'late', durationMs: nowMs - beganAtMs });
        return [];
      },
    );
    return { place, near, embedded };
  }

  /** @returns undefined where the question was not embedded */
  async #near(
    { place, semantic: { minSimilarity } }: Sought,
    embedding: Promise<Embedded | undefined>,
  ): Promise<NearQuestion[] | undefined> {
    const { questions, sharedQuestions, clock } = this.#context;
    const [embedded, shared = []] = await Promise.all([
      embedding,
      sharedQuestions?.unknownOf(place, questions.keysOf(place)),
    ]);
    questions.put(place, shared);
    if (embedded === undefined) return undefined;
    return questions.nearest(place, { ...embedded, minSimilarity, nowMs: clock.monotonicMs() });
  }

  /** @throws what the request failed by */
  async #embedded({ call: { asked }, semantic, text, providers }: Sought): Promise<Embedded | undefined> {
    const { cacheStatistics } = this.#context;
    const request = requestToEmbed(text, { asked, providers, model: semantic.embeddingModel });
    const { principal } = asked;
    const call = askRequest(
      {
        operation: { kind: 'embed' as const, request },
        principal,
        signal: AbortSignal.timeout(EMBED_MS),
        deadlineAtMs: this.#context.clock.wallMs() + EMBED_MS,
      },
      this.#context,
    );
    // Callers cannot name this purpose, so it is set once the rest was checked.
    const operation = { kind: 'embed' as const, request: { ...request, purpose: Purpose.SEMANTIC_CACHE } };
    const { embeddings, route, cost } = await this.#embed({ ...call, operation });
    cacheStatistics.countEmbedded(asked.tenant, cost?.totalNanoUsd);
    const vector = packVector(embeddings[0]?.values ?? []);
    return vector && { vector, embeddedBy: JSON.stringify([route?.provider, route?.model]) };
  }

  #breakerOf(tenant: string, model: string): CircuitBreaker {
    const name = JSON.stringify([tenant, model]);
    let breaker = this.#breakers.get(name);
    if (breaker === undefined) {
      breaker = new CircuitBreaker({
        consecutiveFailures: 3,
        openMs: 5_000,
        maxProbes: 1,
        successesToClose: 1,
      });
      this.#breakers.set(name, breaker);
    }
    return breaker;
  }
}

/**
 * The request for a question's vector: on behalf of whoever asks the question, and where its text may go. What the answer must be able
 * to do or may cost is not asked of who embeds.
 */
function requestToEmbed(
  text: string,
  {
    asked,
    model,
    providers,
  }: Pick<Sought, 'providers'> & {
    readonly asked: AskedCall<'chat'>;
    readonly model: string;
  },
): EmbedRequest {
  const { context, labels, user, priority } = asked.operation.request;
  const { residency, tags, excludedProviders } = asked.understood.requirements;
  return EmbedRequest.fromPartial({
    model,
    inputs: [{ content: { $case: 'text', value: text } }],
    requirements: { residency, tags, allowedProviders: [...providers], excludedProviders },
    context,
    labels,
    user,
    priority,
    cache: { use: CacheUse.OFF },
    // It is worth one call, no more.
    failover: { allowed: false, maxRetries: 0 },
  });
}
