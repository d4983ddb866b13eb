import type { Usage } from '@switchyard/contracts/routing';
import { EventStreamDecoder } from '../event-stream-decoder.ts';
import { arrayAt, isObject, type JsonObject, objectAt, stringAt } from '../json.ts';
import { invalidResponse, providerError } from '../provider-error.ts';
import type { StreamEvent } from '../wire-format.ts';
import { blockedPrompt } from './blocked-prompt.ts';
import { classifyGeminiErrorBody } from './classify-error.ts';
import { decodeGeminiUsage } from './decode-usage.ts';
import { decodeFinishReason, failedFinishReason } from './finish-reason.ts';
import { PartDecoder } from './part-decoder.ts';
import { RawJsonFinder } from './raw-json-finder.ts';

const NO_STATUS = Object.freeze({ status: undefined, retryAfterMs: undefined });

/**
 * Streams of streamGenerateContent?alt=sse: each event is a piece of the whole answer, the last has a finishReason.
 * There is no other end. Usage grows from event to event.
 */
export class GeminiStreamDecoder extends EventStreamDecoder {
  readonly #raw = new RawJsonFinder();
  readonly #parts = new PartDecoder();
  #finishReason: string | undefined;
  #usage: Usage | undefined;
  #providerModel = '';
  #responseId: string | undefined;

  override push(chunk: Uint8Array): StreamEvent[] {
    if (this.ended) return [];
    const events = super.push(this.#raw.take(chunk));
    if (!this.#raw.found || this.ended) return events;
    this.#takeRaw('may_come');
    return this.ended ? [...events, ...super.end()] : events;
  }

  protected override takeEvent(_: string, data: string): void {
    const chunk = this.parse(data);
    if (chunk === undefined) return;
    if (chunk.error !== undefined) {
      this.fail(classifyGeminiErrorBody(chunk, NO_STATUS));
      return;
    }
    this.#takeChunk(chunk);
  }

  protected override takeEnd(): void {
    if (this.#raw.found) this.#takeRaw('ended');
    else if (this.#finishReason === undefined) this.breakOff();
    else this.#finish(this.#finishReason);
  }

  #takeChunk(chunk: JsonObject): void {
    if (this.#providerModel === '') this.#providerModel = stringAt(chunk, 'modelVersion') ?? '';
    this.#responseId ??= stringAt(chunk, 'responseId');
    const usage = objectAt(chunk, 'usageMetadata');
    const candidate = arrayAt(chunk, 'candidates')[0];
    const blocked = blockedPrompt(chunk);
    if (!isObject(candidate) && usage === undefined && blocked === undefined) {
      this.fail(invalidResponse('an event of the stream has no candidates', 200));
      return;
    }
    if (isObject(candidate)) this.#takeCandidate(candidate);
    const counted = usage === undefined ? undefined : decodeGeminiUsage(usage);
    if (counted !== undefined) {
      this.#usage = counted;
      this.emit({ kind: 'usage', usage: counted });
    }
    if (blocked !== undefined) this.fail(blocked);
    // What was used may come after the reason, in an event of its own.
    if (this.#finishReason !== undefined && counted !== undefined) this.#finish(this.#finishReason);
  }

  #takeCandidate(candidate: JsonObject): void {
    const content = objectAt(candidate, 'content') ?? {};
    for (const part of arrayAt(content, 'parts')) {
      const deltas = this.#parts.decode(part, this.#responseId);
      if (typeof deltas === 'string') {
        this.fail(invalidResponse(deltas, 200));
        return;
      }
      for (const delta of deltas) this.emit({ kind: 'delta', delta: { content: delta } });
    }
    this.#finishReason = stringAt(candidate, 'finishReason') || this.#finishReason;
  }

  #finish(reason: string): void {
    const failure = failedFinishReason(reason);
    if (failure !== undefined) {
      this.fail(providerError({ class: failure, code: reason }));
      return;
    }
    this.emit({
      kind: 'finish',
      finishReason: decodeFinishReason(reason, { toolCalls: this.#parts.calls > 0 }),
      usage: this.#usage,
      providerModel: this.#providerModel,
    });
  }

  #takeRaw(more: 'may_come' | 'ended'): void {
    const value = this.#raw.value(more);
    if (value === 'incomplete') return;
    if (value?.error !== undefined) this.fail(classifyGeminiErrorBody(value, NO_STATUS));
    else if (more === 'ended') this.breakOff();
    else this.fail(invalidResponse('the stream holds JSON outside of an event', 200));
  }
}
