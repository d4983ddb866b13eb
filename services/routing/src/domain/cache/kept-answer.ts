import {
  CompleteResponse,
  type Cost,
  EmbedResponse,
  FinishReason,
  type Message,
} from '@switchyard/contracts/routing';
import type { OperationKind } from '@switchyard/llm';
import type { CachedKind } from './cache-key.ts';

/** Answers by kind of work. */
export interface KeptResponses {
  readonly chat: CompleteResponse;
  readonly embed: EmbedResponse;
}

/** An answer as it is kept. It is shared by all who ask: nobody changes it. */
export interface KeptAnswer<Kind extends CachedKind = CachedKind> {
  readonly kind: Kind;
  readonly tenant: string;
  /** The model as asked for. */
  readonly requestedModel: string;
  /** As its first caller had it: request id, route, cost and all. */
  readonly response: KeptResponses[Kind];
  /** How long it may be kept, in milliseconds. */
  readonly ttlMs: number;
}

/** A kept answer and its age. */
export interface AgedAnswer<Kind extends CachedKind = CachedKind> {
  readonly answer: KeptAnswer<Kind>;
  /** In milliseconds. */
  readonly ageMs: number;
}

/** What a call cost that need not be made again; undefined where it is unknown. What others wasted before it would be saved by luck. */
export function savedBy(cost: Cost | undefined): bigint | undefined {
  if (cost?.totalNanoUsd === undefined) return undefined;
  return cost.totalNanoUsd - (cost.componentsNanoUsd.waste ?? 0n);
}

/** How answers of one kind are written, and which of them may be given again. */
interface KindOfAnswer<Response> {
  readonly encode: (response: Response) => Uint8Array;
  readonly decode: (bytes: Uint8Array) => Response;
  readonly isKeepable: (response: Response) => boolean;
}

const KINDS: { readonly [Kind in CachedKind]: KindOfAnswer<KeptResponses[Kind]> } = {
  chat: {
    encode: (response) => CompleteResponse.encode(response).finish(),
    decode: (bytes) => CompleteResponse.decode(bytes),
    // One that a filter or a refusal cut short may come out better the next time.
    isKeepable: ({ finishReason, message }) => KEPT_REASONS.has(finishReason) && isReplayable(message),
  },
  embed: {
    encode: (response) => EmbedResponse.encode(response).finish(),
    decode: (bytes) => EmbedResponse.decode(bytes),
    isKeepable: () => true,
  },
};

/** Whether answers of a kind of work are kept. */
export const isCachedKind = (kind: OperationKind): kind is CachedKind => Object.hasOwn(KINDS, kind);

/** How answers of a kind are written. */
export const answersOf = <Kind extends CachedKind>(kind: Kind): KindOfAnswer<KeptResponses[Kind]> =>
  KINDS[kind];

const KEPT_REASONS: ReadonlySet<FinishReason> = new Set([
  FinishReason.STOP,
  FinishReason.LENGTH,
  FinishReason.TOOL_CALLS,
]);

/** Whether it says something, and can be told as a stream. */
const isReplayable = (message: Message | undefined): boolean =>
  message !== undefined &&
  message.parts.length > 0 &&
  message.parts.every(({ content }) => content !== undefined && REPLAYED.has(content.$case));

const REPLAYED: ReadonlySet<string> = new Set(['text', 'reasoning', 'toolCall']);
