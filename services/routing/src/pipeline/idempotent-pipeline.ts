import { createHash } from 'node:crypto';
import {
  CompleteRequest,
  CompleteResponse,
  RequestPriority,
  StreamCompleteResponse,
} from '@switchyard/contracts/routing';
import { unreachable } from '@switchyard/kernel';
import { actingTenant, type ByteBudget, type Logger } from '@switchyard/service-kit';
import type { Claim, ClaimedKey, KeyedRequest } from '../domain/idempotency/claim.ts';
import { joinPieces, splitPieces } from '../domain/idempotency/stored-pieces.ts';
import {
  idempotencyKeyBroken,
  idempotencyKeyInUse,
  idempotencyKeyOfOther,
  invalidFields,
} from '../errors.ts';
import type { AnswerStore } from '../ports.ts';
import { KeptPieces } from './kept-pieces.ts';
import type { PipelineCall } from './pipeline-call.ts';

const MAX_KEY_CHARACTERS = 255;
/** Most bytes of an answer that is kept. */
const MAX_ANSWER_BYTES = 8 * 1024 * 1024;

/** What idempotency keys stand on. */
export interface IdempotencyContext {
  readonly answers: AnswerStore;
  /** Bounds the pieces of all streams that are being kept. */
  readonly pieces: ByteBudget;
  readonly log: Logger;
}

/** Answers requests that came with an idempotency key: the same key gives the same answer, charged once. */
export class IdempotentPipeline {
  readonly #context: IdempotencyContext;

  constructor(context: IdempotencyContext) {
    this.#context = context;
  }

  /** @param answer answers the request for the first time */
  async complete(call: PipelineCall, answer: () => Promise<CompleteResponse>): Promise<CompleteResponse> {
    const claim = await this.#claim(call, 'whole');
    if ('stored' in claim) return { ...CompleteResponse.decode(claim.stored), replayed: true };
    let response: CompleteResponse;
    try {
      response = await answer();
    } catch (error) {
      await this.#end('release', claim.claimed);
      throw error;
    }
    await this.#keep(claim.claimed, CompleteResponse.encode(response).finish());
    return response;
  }

  /** @param answer answers the request for the first time */
  async *stream(
    call: PipelineCall,
    answer: () => AsyncGenerator<StreamCompleteResponse, void, undefined>,
  ): AsyncGenerator<StreamCompleteResponse, void, undefined> {
    const claim = await this.#claim(call, 'stream');
    if ('stored' in claim) {
      for (const piece of splitPieces(claim.stored)) yield replayed(StreamCompleteResponse.decode(piece));
      return;
    }
    const { claimed } = claim;
    using kept = new KeptPieces(this.#context.pieces, MAX_ANSWER_BYTES);
    let isKept = false;
    try {
      for await (const event of answer()) {
        kept.add(StreamCompleteResponse.encode(event).finish());
        if (event.event?.$case === 'finished') {
          await this.#keep(claimed, kept.all === undefined ? undefined : joinPieces(kept.all));
          isKept = true;
        }
        yield event;
      }
    } finally {
      // It failed, or its caller left. What was delivered in part was charged for.
      if (!isKept) await this.#end(kept.isEmpty ? 'release' : 'giveUp', claimed);
    }
  }

  async #claim(
    { request, principal }: PipelineCall,
    kind: 'whole' | 'stream',
  ): Promise<{ readonly claimed: ClaimedKey } | { readonly stored: Buffer }> {
    const { idempotencyKey } = request;
    if (idempotencyKey.length > MAX_KEY_CHARACTERS) throw invalidFields([TOO_LONG]);
    const tenant = actingTenant(principal, request.context?.tenant ?? '');
    const keyed: KeyedRequest = { tenant, idempotencyKey, requestDigest: digestOf(request, kind) };
    return accept(await this.#context.answers.claim(keyed));
  }

  /** @param answer undefined where it is too large to be kept */
  #keep(claimed: ClaimedKey, answer: Uint8Array | undefined): Promise<void> {
    if (answer === undefined || answer.length > MAX_ANSWER_BYTES) return this.#end('giveUp', claimed);
    return this.#context.answers.keep(claimed, answer).catch((error: unknown) => this.#lost(error));
  }

  #end(how: 'release' | 'giveUp', claimed: ClaimedKey): Promise<void> {
    return this.#context.answers[how](claimed).catch((error: unknown) => this.#lost(error));
  }

  /** The key stays in flight until it expires: who asks again is told so, and is not charged again. */
  #lost(error: unknown): void {
    this.#context.log.warn({ err: error }, 'what came of an idempotency key could not be stored');
  }
}

function accept(claim: Claim): { readonly claimed: ClaimedKey } | { readonly stored: Buffer } {
  switch (claim.kind) {
    case 'claimed':
      return { claimed: claim.claimed };
    case 'answered':
      return { stored: claim.answer };
    case 'in-flight':
      throw idempotencyKeyInUse();
    case 'broken':
      throw idempotencyKeyBroken();
    case 'other-request':
      throw idempotencyKeyOfOther();
    default:
      return unreachable(claim);
  }
}

const TOO_LONG = {
  field: 'idempotency_key',
  description: `must have at most ${MAX_KEY_CHARACTERS} characters`,
};

/** Says everything that makes a request this one, which its urgency does not: the same words asked for whole and as a stream are two. */
function digestOf(request: CompleteRequest, kind: 'whole' | 'stream'): Buffer {
  const withoutKey = CompleteRequest.encode({
    ...request,
    idempotencyKey: '',
    priority: RequestPriority.UNSPECIFIED,
  }).finish();
  return createHash('sha256').update(kind).update(withoutKey).digest();
}

function replayed(piece: StreamCompleteResponse): StreamCompleteResponse {
  if (piece.event?.$case !== 'started') return piece;
  return { event: { $case: 'started', value: { ...piece.event.value, replayed: true } } };
}
