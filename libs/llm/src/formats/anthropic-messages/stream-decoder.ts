import { type Delta, FinishReason, type Usage } from '@switchyard/contracts/routing';
import { EventStreamDecoder } from '../event-stream-decoder.ts';
import { type JsonObject, objectAt, stringAt } from '../json.ts';
import { invalidResponse } from '../provider-error.ts';
import { withOrigin } from '../reasoning-origin.ts';
import { classifyMessagesErrorBody } from './classify-error.ts';
import { refusalText } from './decode-response.ts';
import { decodeMessagesUsage } from './decode-usage.ts';
import { decodeStopReason } from './finish-reason.ts';

/** A tool call whose block has begun. */
interface StreamedCall {
  /** Canonical number of the call. */
  readonly index: number;
  /** The input in the block's start, until a piece of it comes. */
  untold: string;
}

/**
 * Streams of the Messages API: `message_start`, content blocks that start, grow and stop, `message_delta` with the stop
 * reason, `message_stop`. Events of other types are skipped, as the API's versioning rules ask.
 */
export class MessagesStreamDecoder extends EventStreamDecoder {
  #startUsage: JsonObject | undefined;
  #usage: Usage | undefined;
  #providerModel = '';
  #finishReason: FinishReason | undefined;
  /** Tool calls by the index of their block. */
  readonly #calls = new Map<unknown, StreamedCall>();

  protected override takeEvent(_type: string, data: string): void {
    const event = this.parse(data);
    if (event === undefined) return;
    switch (event.type) {
      case 'message_start':
        this.#start(event);
        return;
      case 'content_block_start':
        this.#startBlock(event);
        return;
      case 'content_block_delta':
        this.#growBlock(event);
        return;
      case 'content_block_stop':
        this.#stopBlock(event);
        return;
      case 'message_delta':
        this.#takeMessageDelta(event);
        return;
      case 'message_stop':
        this.#stop();
        return;
      case 'error':
        this.fail(classifyMessagesErrorBody(event, { status: undefined, retryAfterMs: undefined }));
        return;
      default:
        if (typeof event.type !== 'string')
          this.fail(invalidResponse('an event of the stream has no type', 200));
    }
  }

  /** Only `message_stop` ends a stream. */
  protected override takeEnd(): void {
    this.breakOff();
  }

  #start(event: JsonObject): void {
    const message = objectAt(event, 'message');
    if (message === undefined) {
      this.fail(invalidResponse('the stream starts without a message', 200));
      return;
    }
    this.#providerModel = stringAt(message, 'model') ?? '';
    this.#startUsage = objectAt(message, 'usage');
    if (this.#startUsage === undefined) return;
    this.#usage = decodeMessagesUsage(this.#startUsage);
    // The count of output is that of the first token only: to a stream that is cut later it would be wrong.
    this.emit({ kind: 'usage', usage: { ...this.#usage, outputTokens: undefined } });
  }

  #startBlock(event: JsonObject): void {
    const block = objectAt(event, 'content_block');
    if (block === undefined) {
      this.fail(invalidResponse('a content block of the stream starts without its type', 200));
      return;
    }
    if (block.type === 'tool_use') this.#startToolCall(event.index, block);
    const data = stringAt(block, 'data');
    if (block.type === 'redacted_thinking' && data) {
      this.#emitDelta({ $case: 'redactedReasoning', value: withOrigin('anthropic-messages', data) });
    }
    // A start may hold the first piece already.
    const text = block.type === 'text' ? stringAt(block, 'text') : undefined;
    if (text) this.#emitDelta({ $case: 'text', value: text });
    const thinking = block.type === 'thinking' ? stringAt(block, 'thinking') : undefined;
    if (thinking) this.#emitDelta({ $case: 'reasoning', value: thinking });
  }

  #startToolCall(blockIndex: unknown, block: JsonObject): void {
    const id = stringAt(block, 'id');
    const name = stringAt(block, 'name');
    if (!id || !name) {
      this.fail(invalidResponse('a tool call of the stream begins without id or name', 200));
      return;
    }
    const index = this.#calls.size;
    this.#calls.set(blockIndex, { index, untold: JSON.stringify(objectAt(block, 'input') ?? {}) });
    this.#emitDelta({ $case: 'toolCallStart', value: { index, id, name } });
  }

  #growBlock(event: JsonObject): void {
    const delta = objectAt(event, 'delta');
    if (delta === undefined) {
      this.fail(invalidResponse('a delta of the stream is missing', 200));
      return;
    }
    switch (delta.type) {
      case 'text_delta':
        this.#emitText('text', delta.text);
        return;
      case 'thinking_delta':
        this.#emitText('reasoning', delta.thinking);
        return;
      case 'signature_delta': {
        const signature = stringAt(delta, 'signature');
        if (signature) this.#emitText('reasoningSignature', withOrigin('anthropic-messages', signature));
        return;
      }
      case 'input_json_delta':
        this.#growToolCall(event.index, stringAt(delta, 'partial_json'));
        return;
      default:
      // Citations and what later versions add.
    }
  }

  #growToolCall(blockIndex: unknown, delta: string | undefined): void {
    const call = this.#calls.get(blockIndex);
    if (call === undefined || !delta) return;
    call.untold = '';
    this.#emitDelta({ $case: 'toolCallArguments', value: { index: call.index, delta } });
  }

  /** A call without arguments has no pieces of them; its input stands in its start. */
  #stopBlock(event: JsonObject): void {
    this.#growToolCall(event.index, this.#calls.get(event.index)?.untold);
  }

  #takeMessageDelta(event: JsonObject): void {
    const delta = objectAt(event, 'delta') ?? {};
    const reason = stringAt(delta, 'stop_reason');
    if (reason !== undefined) this.#finishReason = decodeStopReason(reason);
    if (this.#finishReason === FinishReason.REFUSAL) this.#emitText('refusal', refusalText(delta));
    const usage = objectAt(event, 'usage');
    if (usage !== undefined) this.#tellUsage(usage);
  }

  #tellUsage(later: JsonObject): void {
    this.#usage = decodeMessagesUsage(this.#startUsage ?? {}, later);
    this.emit({ kind: 'usage', usage: this.#usage });
  }

  #stop(): void {
    if (this.#finishReason === undefined) {
      this.breakOff();
      return;
    }
    this.emit({
      kind: 'finish',
      finishReason: this.#finishReason,
      usage: this.#usage,
      providerModel: this.#providerModel,
    });
  }

  #emitText($case: 'text' | 'reasoning' | 'reasoningSignature' | 'refusal', value: unknown): void {
    if (typeof value === 'string' && value !== '') this.#emitDelta({ $case, value });
  }

  #emitDelta(content: NonNullable<Delta['content']>): void {
    this.emit({ kind: 'delta', delta: { content } });
  }
}
