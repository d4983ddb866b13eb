import type { Delta } from '@switchyard/contracts/routing';
import { EventStreamDecoder } from '../event-stream-decoder.ts';
import { type JsonObject, objectAt, stringAt } from '../json.ts';
import { invalidResponse } from '../provider-error.ts';
import { classifyErrorEvent } from './classify-failure.ts';
import { callStart, failureOf, signatureOf } from './decode-response.ts';
import { decodeResponsesUsage } from './decode-usage.ts';
import { decodeStatus } from './finish-reason.ts';

type Content = NonNullable<Delta['content']>;

/**
 * Streams of the Responses API: items that are added, grow and are done, between `response.created` and
 * `response.completed`, `response.incomplete` or `response.failed`. Events that repeat what is known (`….done`), and those
 * of the provider's own tools, are skipped.
 */
export class ResponsesStreamDecoder extends EventStreamDecoder {
  /** Canonical number of each function call by the index of its item. */
  readonly #calls = new Map<unknown, number>();
  #refused = false;
  /** Where a summary has come of the reasoning item that grows. */
  #summarised = false;

  protected override takeEvent(_type: string, data: string): void {
    // Compatible servers end with it; the format's own end has come before.
    if (data === '[DONE]') return;
    const event = this.parse(data);
    if (event === undefined) return;
    if (typeof event.type !== 'string') {
      this.fail(invalidResponse('an event of the stream has no type', 200));
      return;
    }
    this.#take(event.type, event);
  }

  /** Only a finished response ends a stream. */
  protected override takeEnd(): void {
    this.breakOff();
  }

  #take(type: string, event: JsonObject): void {
    switch (type) {
      case 'response.output_text.delta':
        this.#grow('text', event);
        return;
      case 'response.refusal.delta':
        this.#refused = true;
        this.#grow('refusal', event);
        return;
      case 'response.reasoning_summary_part.added':
        // As between the summaries of a whole answer.
        if (this.#summarised) this.#emit({ $case: 'reasoning', value: '\n\n' });
        return;
      case 'response.reasoning_summary_text.delta':
      case 'response.reasoning_text.delta':
        this.#summarised = true;
        this.#grow('reasoning', event);
        return;
      case 'response.output_item.added':
        this.#startItem(event);
        return;
      case 'response.function_call_arguments.delta':
        this.#growCall(event);
        return;
      case 'response.output_item.done':
        this.#endItem(event);
        return;
      case 'response.completed':
      case 'response.incomplete':
      case 'response.failed':
        this.#end(event);
        return;
      case 'error':
        this.fail(classifyErrorEvent(event));
        return;
      default:
    }
  }

  #grow($case: 'text' | 'refusal' | 'reasoning', event: JsonObject): void {
    const value = stringAt(event, 'delta');
    if (value) this.#emit({ $case, value });
  }

  #startItem(event: JsonObject): void {
    const item = objectAt(event, 'item');
    if (item === undefined) {
      this.fail(invalidResponse('an item of the stream is missing', 200));
      return;
    }
    if (item.type !== 'function_call') return;
    const index = this.#calls.size;
    const start = callStart(item, index);
    if (start === undefined) {
      this.fail(invalidResponse('a tool call of the stream begins without id or name', 200));
      return;
    }
    this.#calls.set(event.output_index, index);
    this.#emit(start);
  }

  #growCall(event: JsonObject): void {
    const index = this.#calls.get(event.output_index);
    const delta = stringAt(event, 'delta');
    if (index !== undefined && delta) this.#emit({ $case: 'toolCallArguments', value: { index, delta } });
  }

  /** The encrypted content of a finished item counts: what its beginning held may be another one. */
  #endItem(event: JsonObject): void {
    const item = objectAt(event, 'item');
    if (item?.type !== 'reasoning') return;
    this.#summarised = false;
    const signature = signatureOf(item);
    if (signature !== undefined) this.#emit({ $case: 'reasoningSignature', value: signature });
  }

  #end(event: JsonObject): void {
    const response = objectAt(event, 'response') ?? {};
    const usage = objectAt(response, 'usage');
    const counts = usage === undefined ? undefined : decodeResponsesUsage(usage);
    if (counts !== undefined) this.emit({ kind: 'usage', usage: counts });
    const failure = failureOf(response);
    if (failure !== undefined) {
      this.fail(failure);
      return;
    }
    const held = { toolCalls: this.#calls.size > 0, refusal: this.#refused };
    const finishReason = decodeStatus(response, held);
    if (finishReason === undefined) {
      this.fail(invalidResponse('the stream ends without a status', 200));
      return;
    }
    const providerModel = stringAt(response, 'model') ?? '';
    this.emit({ kind: 'finish', finishReason, usage: counts, providerModel });
  }

  #emit(content: Content): void {
    this.emit({ kind: 'delta', delta: { content } });
  }
}
