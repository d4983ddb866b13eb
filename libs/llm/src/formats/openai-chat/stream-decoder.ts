import type { Delta, FinishReason, Usage } from '@switchyard/contracts/routing';
import { EventStreamDecoder } from '../event-stream-decoder.ts';
import { isObject, type JsonObject, objectAt, stringAt } from '../json.ts';
import { invalidResponse, providerError } from '../provider-error.ts';
import type { StreamDecoderOptions } from '../wire-format.ts';
import { classifyChatErrorBody } from './classify-error.ts';
import { decodeContent } from './decode-content.ts';
import { decodeChatUsage } from './decode-usage.ts';
import { decodeFinishReason, failedFinishReason, refineFinishReason } from './finish-reason.ts';

/** Streams of Chat Completions: chunks of `choices[0].delta`, a finish reason, usage, and `[DONE]`. */
export class ChatStreamDecoder extends EventStreamDecoder {
  #finishReason: FinishReason | undefined;
  #usage: Usage | undefined;
  #providerModel = '';
  /** Canonical number of each tool call by the number on the wire. */
  readonly #calls = new Map<number, number>();
  #refused = false;

  constructor(options: StreamDecoderOptions) {
    super(options);
  }

  protected override takeEvent(type: string, data: string): void {
    if (data === '[DONE]') {
      this.#done();
      return;
    }
    const chunk = this.parse(data);
    if (chunk === undefined) return;
    if (chunk.error !== undefined || type === 'error') {
      this.fail(classifyChatErrorBody(chunk, { status: undefined, retryAfterMs: undefined }));
      return;
    }
    this.#takeChunk(chunk);
  }

  /** Only `[DONE]` ends a stream: without it the count of usage may be missing. */
  protected override takeEnd(): void {
    this.breakOff();
  }

  #takeChunk(chunk: JsonObject): void {
    if (!Array.isArray(chunk.choices)) {
      this.fail(invalidResponse('a chunk of the stream has no choices', 200));
      return;
    }
    if (this.#providerModel === '') this.#providerModel = stringAt(chunk, 'model') ?? '';
    const [choice] = chunk.choices;
    if (isObject(choice)) this.#takeChoice(choice);
    const usage = objectAt(chunk, 'usage');
    if (usage === undefined || this.ended) return;
    this.#usage = decodeChatUsage(usage);
    this.emit({ kind: 'usage', usage: this.#usage });
  }

  #takeChoice(choice: JsonObject): void {
    const delta = objectAt(choice, 'delta');
    if (delta !== undefined) this.#takeDelta(delta);
    const reason = stringAt(choice, 'finish_reason');
    if (reason === undefined) return;
    const failure = failedFinishReason(reason);
    if (failure === undefined) this.#finishReason = decodeFinishReason(reason);
    else this.fail(providerError({ class: failure, code: reason }));
  }

  #takeDelta(delta: JsonObject): void {
    const { text, reasoning } = decodeContent(delta);
    if (reasoning !== '') this.#emitDelta({ $case: 'reasoning', value: reasoning });
    if (text !== '') this.#emitDelta({ $case: 'text', value: text });
    const refusal = stringAt(delta, 'refusal');
    if (refusal) {
      this.#refused = true;
      this.#emitDelta({ $case: 'refusal', value: refusal });
    }
    if (!Array.isArray(delta.tool_calls)) return;
    for (const [place, call] of delta.tool_calls.entries())
      if (isObject(call)) this.#takeToolCall(call, place);
  }

  #takeToolCall(call: JsonObject, place: number): void {
    const called = objectAt(call, 'function');
    // Some compatible servers leave the number out where there is one call.
    const wireIndex = typeof call.index === 'number' ? call.index : place;
    const index = this.#calls.get(wireIndex) ?? this.#startToolCall(call, wireIndex);
    const delta = called === undefined ? undefined : stringAt(called, 'arguments');
    if (index !== undefined && delta)
      this.#emitDelta({ $case: 'toolCallArguments', value: { index, delta } });
  }

  #startToolCall(call: JsonObject, wireIndex: number): number | undefined {
    const called = objectAt(call, 'function');
    const id = stringAt(call, 'id');
    const name = called === undefined ? undefined : stringAt(called, 'name');
    if (!id || !name) {
      this.fail(invalidResponse('a tool call of the stream begins without id or name', 200));
      return undefined;
    }
    const index = this.#calls.size;
    this.#calls.set(wireIndex, index);
    this.#emitDelta({ $case: 'toolCallStart', value: { index, id, name } });
    return index;
  }

  #emitDelta(content: NonNullable<Delta['content']>): void {
    this.emit({ kind: 'delta', delta: { content } });
  }

  #done(): void {
    if (this.#finishReason === undefined) {
      this.breakOff();
      return;
    }
    const holds = { toolCalls: this.#calls.size > 0, refusal: this.#refused };
    this.emit({
      kind: 'finish',
      finishReason: refineFinishReason(this.#finishReason, holds),
      usage: this.#usage,
      providerModel: this.#providerModel,
    });
  }
}
