import {
  type CacheInfo,
  CacheResult,
  FinishReason,
  type StreamCompleteResponse,
} from '@switchyard/contracts/routing';
import { withinTime } from '@switchyard/kernel';
import { SharedAnswer } from '../cache/shared-answer.ts';
import { SharedStream } from '../cache/shared-stream.ts';
import { type CachedKind, cacheKeyOf } from '../domain/cache/cache-key.ts';
import { cacheRulesOf } from '../domain/cache/cache-rules.ts';
import { type AgedAnswer, answersOf, type KeptResponses } from '../domain/cache/kept-answer.ts';
import { offeringOfAnswer } from '../domain/cache/offering-of-answer.ts';
import { callerGone } from '../errors.ts';
import type { PipelineContext } from '../ports.ts';
import type { AskedCall } from './ask-request.ts';
import { bookHit, type CachedCall, type Hit, infoOfHit, piecesOf, responseOfHit } from './cached-hit.ts';
import { bytesOfPiece, HeardStream } from './heard-stream.ts';
import { joinedStream } from './joined-stream.ts';
import type { SemanticSearch } from './semantic-search.ts';
import { SemanticSearches } from './semantic-searches.ts';

/** Most bytes of an answer that is kept, on the wire. */
const MAX_ANSWER_BYTES = 1024 * 1024;
/** Most questions that are asked at once and may be joined; further ones are asked by themselves. */
const MAX_SHARED = 10_000;
/** The same of streams, whose pieces stay in memory until their end: {@link MAX_ANSWER_BYTES} of each at most. */
const MAX_SHARED_STREAMS = 128;
/** Most requests that wait for one answer. */
const MAX_JOINED = 1_000;
/** So often a request waits for others: what fails for whoever has begun it may be well for the first of those who waited. */
const MOST_JOINS = 2;

/** Asks a provider. */
type Ask<Kind extends CachedKind> = (asked: AskedCall<Kind>) => Promise<KeptResponses[Kind]>;
type Pieces = AsyncGenerator<StreamCompleteResponse, void, undefined>;

/**
 * Answers requests from what was answered before, where they may be: memory, then whoever asks the same at this moment, then the store
 * that replicas share, then the answer to a question that means nearly the same, then a provider. Access is checked before, and every hit is booked.
 */
export class CachedPipeline {
  readonly #context: PipelineContext;
  readonly #searches: SemanticSearches;
  /** By {@link placeUnderWay}. */
  readonly #answers = new Map<string, SharedAnswer<KeptResponses[CachedKind]>>();
  /** By {@link placeUnderWay}. */
  readonly #streams = new Map<string, SharedStream<StreamCompleteResponse>>();

  /** @param embed asks a provider for the vector of a question */
  constructor(context: PipelineContext, embed: Ask<'embed'>) {
    this.#context = context;
    this.#searches = new SemanticSearches(context, embed);
  }

  /** @param ask asks a provider, for whoever waits for the answer */
  answer<Kind extends CachedKind>(asked: AskedCall<Kind>, ask: Ask<Kind>): Promise<KeptResponses[Kind]> {
    const ofAnyKind: AskedCall<CachedKind> = asked;
    const rules = cacheRulesOf(ofAnyKind.operation, ofAnyKind);
    if (rules === undefined) return ask(asked);
    return this.#answer({ asked, rules, ...this.#placeOf(ofAnyKind) }, ask);
  }

  /** The same as a stream: whole answers are told as one, and streams are kept whole. */
  stream(asked: AskedCall<'chat'>, ask: (asked: AskedCall<'chat'>) => Pieces): Pieces {
    const rules = cacheRulesOf(asked.operation, asked);
    if (rules === undefined) return ask(asked);
    return this.#stream({ asked, rules, ...this.#placeOf(asked) }, ask);
  }

  #placeOf(asked: AskedCall<CachedKind>): Pick<CachedCall, 'key' | 'epoch'> {
    return { key: cacheKeyOf(asked), epoch: this.#context.memory.epochOf(asked.tenant) };
  }

  async #answer<Kind extends CachedKind>(
    exact: CachedCall<Kind>,
    ask: Ask<Kind>,
  ): Promise<KeptResponses[Kind]> {
    const { asked } = exact;
    const place = placeUnderWay(exact);
    const { call, hit } = await this.#find(exact, { isUnderWay: () => this.#answers.has(place) });
    if (hit !== undefined) return this.#repeat(call, hit);
    const askAndKeep = async (signal: AbortSignal) => this.#keep(call, await ask({ ...asked, signal }));
    for (let joins = 0; joins < MOST_JOINS && mayJoin(call); joins++) {
      const underWay = this.#answers.get(place);
      if (underWay === undefined) break;
      const joined = await this.#join(call, underWay);
      if (joined !== undefined) return joined;
    }
    if (!mayJoin(call) || this.#answers.has(place) || this.#answers.size >= MAX_SHARED)
      return this.#missed(call, await askAndKeep(asked.signal));
    const shared: SharedAnswer<KeptResponses[Kind]> = new SharedAnswer(askAndKeep, () => {
      if (this.#answers.get(place) === shared) this.#answers.delete(place);
    });
    this.#answers.set(place, shared);
    const outcome = await shared.wait(asked.signal);
    if (outcome.kind === 'failed') throw this.#failureOf(asked, outcome.error);
    return this.#missed(call, outcome.answer);
  }

  /** The answer that somebody else waits for already; undefined where that fails, which may be for reasons of theirs alone. */
  async #join<Kind extends CachedKind>(
    call: CachedCall<Kind>,
    underWay: SharedAnswer<KeptResponses[CachedKind]>,
  ): Promise<KeptResponses[Kind] | undefined> {
    if (underWay.waiting >= MAX_JOINED) return undefined;
    const { asked } = call;
    const outcome = await underWay.wait(asked.signal);
    if (asked.signal.aborted) throw callerGone(asked.requestId);
    if (outcome.kind === 'failed') return undefined;
    // The key says the kind.
    const response = outcome.answer as KeptResponses[Kind];
    const offering = offeringOfAnswer(response.route, asked);
    return offering && this.#repeat(call, { response, ageMs: 0, offering, result: CacheResult.JOINED });
  }

  async *#stream(exact: CachedCall<'chat'>, ask: (asked: AskedCall<'chat'>) => Pieces): Pieces {
    const { asked } = exact;
    const place = placeUnderWay(exact);
    const { call, hit } = await this.#find(exact, { isUnderWay: () => this.#streams.has(place) });
    if (hit !== undefined) {
      yield* piecesOf(this.#repeat(call, hit, { stream: true }));
      return;
    }
    const askAndKeep = (signal: AbortSignal) => this.#keepPieces(call, ask({ ...asked, signal }));
    for (let joins = 0; joins < MOST_JOINS && mayJoin(call); joins++) {
      const underWay = this.#streams.get(place);
      if (underWay === undefined || underWay.readers >= MAX_JOINED) break;
      const joined = yield* this.#joinStream(call, underWay);
      if (joined === 'told') return;
    }
    if (!mayJoin(call) || this.#streams.has(place) || this.#streams.size >= MAX_SHARED_STREAMS) {
      yield* askAndKeep(asked.signal);
      return;
    }
    const shared = new SharedStream<StreamCompleteResponse>({
      open: askAndKeep,
      bytesOf: bytesOfPiece,
      maxBytes: MAX_ANSWER_BYTES,
      onClosed: () => {
        if (this.#streams.get(place) === shared) this.#streams.delete(place);
      },
    });
    this.#streams.set(place, shared);
    try {
      yield* shared.read(asked.signal);
    } catch (error) {
      throw this.#failureOf(asked, error);
    }
  }

  /** What a caller is told that has begun shared work: it need not wait for its end where others do. */
  #failureOf({ signal, requestId }: AskedCall<CachedKind>, error: unknown): unknown {
    return signal.aborted && error === signal.reason ? callerGone(requestId) : error;
  }

  /** The stream that somebody else reads already. @returns 'failed' where it fails before anything was delivered */
  async *#joinStream(
    call: CachedCall<'chat'>,
    underWay: SharedStream<StreamCompleteResponse>,
  ): AsyncGenerator<StreamCompleteResponse, 'failed' | 'told', undefined> {
    const { asked } = call;
    let hasTold = false;
    try {
      for await (const piece of joinedStream(call, underWay.read(asked.signal), this.#context)) {
        hasTold = true;
        yield piece;
      }
      return 'told';
    } catch (error) {
      if (asked.signal.aborted) throw callerGone(asked.requestId);
      if (hasTold) throw error;
      return 'failed';
    }
  }

  /**
   * A kept answer, if there is one: to the same question, else to one that means nearly the same. Where somebody asks the same already,
   * nobody looks further than memory.
   *
   * @returns besides the call, with the search that was begun for it
   */
  async #find<Kind extends CachedKind>(
    call: CachedCall<Kind>,
    { isUnderWay }: { readonly isUnderWay: () => boolean },
  ): Promise<{ readonly call: CachedCall<Kind>; readonly hit: Hit<KeptResponses[Kind]> | undefined }> {
    let hit = this.#recall(call);
    // Whoever asked the same may have been answered meanwhile.
    if (hit === undefined && !isUnderWay()) hit = (await this.#fetch(call)) ?? this.#recall(call);
    if (hit !== undefined || isUnderWay() || !isChat(call)) return { call, hit };
    const search = this.#searches.begin(call);
    if (search === undefined) return { call, hit: undefined };
    const near = await this.#findNear(call, search);
    // The kind is known here, which TypeScript does not see.
    return { call: { ...call, search }, hit: near as Hit<KeptResponses[Kind]> | undefined };
  }

  /** The answer to the nearest question that has one for this caller, within the time that requests wait. */
  async #findNear(
    call: CachedCall<'chat'>,
    { near }: SemanticSearch,
  ): Promise<Hit<KeptResponses['chat']> | undefined> {
    if (!mayJoin(call)) return undefined;
    const find = async () => {
      for (const matched of await near) {
        const other = { ...call, key: matched.key };
        const hit = this.#recall(other) ?? (await this.#fetch(other));
        // Another answer may have come under that question's key since.
        if (hit !== undefined && saysItInWords(hit.response))
          return { ...hit, result: CacheResult.HIT_SEMANTIC, matched };
      }
      return undefined;
    };
    return withinTime(find(), this.#context.semanticWaitMs).catch(() => undefined);
  }

  /** An answer in memory. */
  #recall<Kind extends CachedKind>(call: CachedCall<Kind>): Hit<KeptResponses[Kind]> | undefined {
    const { key, rules } = call;
    if (rules.maxAgeMs === 0) return undefined;
    const found = this.#context.memory.get(key, this.#context.clock.monotonicMs());
    return found && this.#servable(call, found as AgedAnswer<Kind>, CacheResult.HIT_L1);
  }

  /** An answer in the store that replicas share. */
  async #fetch<Kind extends CachedKind>(
    call: CachedCall<Kind>,
  ): Promise<Hit<KeptResponses[Kind]> | undefined> {
    const { shared, memory, clock } = this.#context;
    const { key, rules, asked } = call;
    if (shared === undefined || rules.maxAgeMs === 0) return undefined;
    const found = await shared.get({ key, tenant: asked.tenant, kind: asked.operation.kind });
    if (found === undefined || this.#isCleared(call)) return undefined;
    const { bytes, ...aged } = found;
    memory.put(key, aged, { nowMs: clock.monotonicMs(), bytes });
    return this.#servable(call, aged as AgedAnswer<Kind>, CacheResult.HIT_L2);
  }

  /** A found answer as a hit; undefined where this caller must not have it. */
  #servable<Kind extends CachedKind>(
    { asked, rules }: CachedCall<Kind>,
    found: AgedAnswer<Kind>,
    result: CacheResult,
  ): Hit<KeptResponses[Kind]> | undefined {
    const { answer, ageMs } = found;
    if (answer.tenant !== asked.tenant || ageMs > rules.maxAgeMs) return undefined;
    const offering = offeringOfAnswer(answer.response.route, asked);
    return offering && { response: answer.response, ageMs, offering, result };
  }

  /** Gives an answer again. @throws OUTBOX_FULL */
  #repeat<Kind extends CachedKind>(
    call: CachedCall<Kind>,
    hit: Hit<KeptResponses[Kind]>,
    { stream } = { stream: false },
  ): KeptResponses[Kind] {
    const { asked, key } = call;
    const { response, offering } = hit;
    const cache = infoOfHit(key, hit);
    bookHit(call, { response, offering, cache }, { stream, context: this.#context });
    return responseOfHit(asked, response, { cache, nowMs: this.#context.clock.monotonicMs() });
  }

  /** A new answer, with what the caller is told of the cache. */
  #missed<Kind extends CachedKind>(call: CachedCall<Kind>, response: KeptResponses[Kind]) {
    return { ...response, cache: this.#miss(call) };
  }

  #miss({ asked, key }: CachedCall): CacheInfo {
    const { events, cacheStatistics } = this.#context;
    const miss = { result: CacheResult.MISS, savedNanoUsd: undefined };
    events.cacheUsed(miss);
    cacheStatistics.count(asked.tenant, miss);
    return {
      ...miss,
      key,
      ageSeconds: undefined,
      answeredRequestId: '',
      similarity: undefined,
      matchedKey: '',
    };
  }

  /** Whether the tenant's answers were cleared since the call came. */
  #isCleared({ asked, epoch }: CachedCall): boolean {
    return this.#context.memory.epochOf(asked.tenant) !== epoch;
  }

  /** Keeps a new answer where that may and can be. */
  #keep<Kind extends CachedKind>(call: CachedCall<Kind>, response: KeptResponses[Kind]): KeptResponses[Kind] {
    const { asked, rules, key } = call;
    const { memory, shared, clock } = this.#context;
    const { tenant, operation } = asked;
    const kind: Kind = operation.kind;
    const { isKeepable, encode } = answersOf(kind);
    if (!rules.keeps || !isKeepable(response) || this.#isCleared(call)) return response;
    const bytes = encode(response);
    if (bytes.length > MAX_ANSWER_BYTES) return response;
    const { model: requestedModel } = operation.request;
    const answer = { kind, tenant, requestedModel, response, ttlMs: rules.ttlMs };
    memory.put(key, { answer, ageMs: 0 }, { nowMs: clock.monotonicMs(), bytes: bytes.length });
    shared?.put({ key, tenant, kind }, { answer, bytes });
    if (call.search !== undefined && isChat(call) && saysItInWords(response))
      void this.#searches.remember(call, call.search);
    return response;
  }

  /** Passes a stream on, and keeps it once it is whole. */
  async *#keepPieces(call: CachedCall<'chat'>, pieces: Pieces): Pieces {
    const cache = this.#miss(call);
    const heard = new HeardStream(MAX_ANSWER_BYTES);
    for await (const piece of pieces) {
      const whole = heard.add(piece);
      if (whole !== undefined) this.#keep(call, whole);
      yield piece.event?.$case === 'started'
        ? { event: { $case: 'started', value: { ...piece.event.value, cache } } }
        : piece;
    }
  }
}

const isChat = (call: CachedCall): call is CachedCall<'chat'> => call.asked.operation.kind === 'chat';

/** Arguments of a tool are those of one question, however near another one is. */
const saysItInWords = (response: KeptResponses[CachedKind]): boolean =>
  'finishReason' in response && response.finishReason !== FinishReason.TOOL_CALLS;

/**
 * Where those find each other who ask the same at once: not those who came before answers were cleared, and after, nor those who
 * want a broken stream continued, and who do not.
 */
const placeUnderWay = ({ key, epoch, asked }: CachedCall): string =>
  `${epoch} ${asked.operation.request.failover?.continueStreams ?? false} ${key}`;

/** Whether a request takes an answer that is being made for another. One that wants it fresh wants one of its own. */
const mayJoin = ({ rules }: CachedCall): boolean => rules.maxAgeMs > 0;
