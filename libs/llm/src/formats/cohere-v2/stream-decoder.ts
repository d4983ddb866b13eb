import type { Delta } from '@switchyard/contracts/routing';
import { EventStreamDecoder } from '../event-stream-decoder.ts';
import { type JsonObject, objectAt, stringAt } from '../json.ts';
import { invalidResponse, providerError } from '../provider-error.ts';
import { classifyCohereErrorBody } from './classify-error.ts';
import { decodeCohereUsage } from './decode-usage.ts';
import { decodeCohereEnd } from './finish-reason.ts';

/** Streams of /chat: pieces of content, of the plan and of calls, one event each, and `message-end` with what was used. */
export class CohereStreamDecoder extends EventStreamDecoder {
  /** Calls so far. They come one after another: what is open is the last. */
  #calls = 0;
  #lastHasArguments = false;

  protected override takeEvent(_type: string, data: string): void {
    // Nothing follows `message-end` but this.
    if (data === '[DONE]') return;
    const event = this.parse(data);
    if (event === undefined) return;
    const message = objectAt(objectAt(event, 'delta') ?? {}, 'message') ?? {};
    switch (event.type) {
      case 'content-start':
      case 'content-delta':
        this.#takeContent(message);
        return;
      case 'tool-plan-delta':
        this.#emitText(stringAt(message, 'tool_plan'));
        return;
      case 'tool-call-start':
        this.#startCall(objectAt(message, 'tool_calls'));
        return;
      case 'tool-call-delta':
        this.#addArguments(objectAt(message, 'tool_calls'));
        return;
      case 'tool-call-end':
        this.#endCall();
        return;
      case 'message-end':
        this.#finish(objectAt(event, 'delta') ?? {});
        return;
      default:
        // The start, the ends of blocks, and citations say nothing that is kept. An error has no type.
        if (event.type === undefined || event.type === 'error')
          this.fail(classifyCohereErrorBody(event, { status: undefined, retryAfterMs: undefined }));
    }
  }

  /** Only `message-end` ends a stream. */
  protected override takeEnd(): void {
    this.breakOff();
  }

  #takeContent(message: JsonObject): void {
    const content = objectAt(message, 'content') ?? {};
    const thinking = stringAt(content, 'thinking');
    if (thinking) this.#emitDelta({ $case: 'reasoning', value: thinking });
    this.#emitText(stringAt(content, 'text'));
  }

  #emitText(text: string | undefined): void {
    if (text) this.#emitDelta({ $case: 'text', value: text });
  }

  #startCall(call: JsonObject | undefined): void {
    const id = call === undefined ? undefined : stringAt(call, 'id');
    const name = stringAt(objectAt(call ?? {}, 'function') ?? {}, 'name');
    if (!id || !name) {
      this.fail(invalidResponse('a tool call of the stream begins without id or name', 200));
      return;
    }
    const index = this.#calls++;
    this.#lastHasArguments = false;
    this.#emitDelta({ $case: 'toolCallStart', value: { index, id, name } });
    this.#addArguments(call);
  }

  #addArguments(call: JsonObject | undefined): void {
    const delta = stringAt(objectAt(call ?? {}, 'function') ?? {}, 'arguments');
    if (!delta) return;
    this.#lastHasArguments = true;
    this.#emitDelta({ $case: 'toolCallArguments', value: { index: this.#calls - 1, delta } });
  }

  /** Of a tool without arguments nothing comes. */
  #endCall(): void {
    if (this.#calls === 0 || this.#lastHasArguments) return;
    this.#emitDelta({ $case: 'toolCallArguments', value: { index: this.#calls - 1, delta: '{}' } });
  }

  #finish(delta: JsonObject): void {
    const usage = decodeCohereUsage(objectAt(delta, 'usage'));
    if (usage !== undefined) this.emit({ kind: 'usage', usage });
    const reason = stringAt(delta, 'finish_reason') ?? '';
    const end = decodeCohereEnd(reason);
    if (end.kind === 'failed') this.fail(providerError({ class: end.class, code: reason }));
    else this.emit({ kind: 'finish', finishReason: end.reason, usage, providerModel: '' });
  }

  #emitDelta(content: NonNullable<Delta['content']>): void {
    this.emit({ kind: 'delta', delta: { content } });
  }
}
