import type {
  Delta,
  StreamCompleteResponse,
  StreamFinished,
  StreamStarted,
} from '@switchyard/contracts/routing';
import { type ServiceError, unreachable } from '@switchyard/kernel';
import { encodeExtension } from '../switchyard/encode-extension.ts';
import { encodeChatError } from './encode-error.ts';
import { encodeFinishReason } from './encode-finish-reason.ts';
import { encodeChatUsage } from './encode-usage.ts';
import { encodeReasoningDetail, encodeThoughtSignature } from './reasoning-detail.ts';

/** Settings of one streamed answer. */
export interface ChatStreamOptions {
  /** Id of the completion, "chatcmpl-…". */
  readonly id: string;
  /** Unix time in seconds. */
  readonly created: number;
  /** Model as asked for. */
  readonly model: string;
  /** Whether a chunk of usage comes before `[DONE]`. */
  readonly includeUsage: boolean;
}

/** Writes one streamed answer as server-sent events. */
export interface ChatStreamEncoder {
  /** SSE text for an event; "" where there is nothing to send. `finished` gives the final chunks and `[DONE]`. */
  encode(event: StreamCompleteResponse): string;
  /** SSE text for a failure after the first byte; no `[DONE]` follows. */
  encodeError(error: ServiceError): string;
}

export function createChatStreamEncoder(options: ChatStreamOptions): ChatStreamEncoder {
  return new Encoder(options);
}

/**
 * The order is OpenAI's: the role, deltas, the finish reason, usage where it was asked for, `[DONE]`. What is the same in
 * every chunk is written once, so that a delta costs one `JSON.stringify` of its text.
 */
class Encoder implements ChatStreamEncoder {
  readonly #head: string;
  readonly #tail: string;
  readonly #includeUsage: boolean;
  #started: StreamStarted | undefined;
  #opened = false;
  #reasoning = '';
  /** A signature without text: it belongs to what comes next. */
  #signature = '';

  constructor({ id, created, model, includeUsage }: ChatStreamOptions) {
    const head = JSON.stringify({ id, object: 'chat.completion.chunk', created, model });
    this.#head = `data: ${head.slice(0, -1)},"choices":`;
    this.#tail = includeUsage ? ',"usage":null}\n\n' : '}\n\n';
    this.#includeUsage = includeUsage;
  }

  encode({ event }: StreamCompleteResponse): string {
    switch (event?.$case) {
      case undefined:
        return '';
      case 'started':
        this.#started = event.value;
        return this.#open();
      case 'delta':
        return this.#open() + this.#delta(event.value.content);
      case 'finished':
        return this.#open() + this.#endBlock() + this.#finish(event.value);
      default:
        return unreachable(event);
    }
  }

  encodeError(error: ServiceError): string {
    return `data: ${JSON.stringify(encodeChatError(error).body)}\n\n`;
  }

  #open(): string {
    if (this.#opened) return '';
    this.#opened = true;
    return this.#chunk('{"role":"assistant","content":"","refusal":null}');
  }

  #delta(content: Delta['content']): string {
    switch (content?.$case) {
      case undefined:
        return '';
      case 'text':
        return this.#endBlock() + this.#chunk(`{"content":${JSON.stringify(content.value)}}`);
      case 'refusal':
        return this.#endBlock() + this.#chunk(`{"refusal":${JSON.stringify(content.value)}}`);
      case 'reasoning':
        this.#reasoning += content.value;
        return this.#flushSignature() + this.#chunk(`{"reasoning_content":${JSON.stringify(content.value)}}`);
      case 'reasoningSignature':
        return this.#sign(content.value);
      case 'redactedReasoning':
        return this.#endBlock() + this.#detail({ redactedData: content.value });
      case 'toolCallStart': {
        const { index, id, name } = content.value;
        const extra_content = this.#signature === '' ? undefined : encodeThoughtSignature(this.#signature);
        this.#signature = '';
        return this.#toolCall({
          index,
          id,
          type: 'function',
          function: { name, arguments: '' },
          extra_content,
        });
      }
      case 'toolCallArguments':
        return this.#toolCall({ index: content.value.index, function: { arguments: content.value.delta } });
      default:
        return unreachable(content);
    }
  }

  #sign(signature: string): string {
    const flushed = this.#flushSignature();
    if (this.#reasoning === '') {
      this.#signature = signature;
      return flushed;
    }
    const text = this.#reasoning;
    this.#reasoning = '';
    return flushed + this.#detail({ text, signature });
  }

  /** What comes next is no reasoning. */
  #endBlock(): string {
    this.#reasoning = '';
    return this.#flushSignature();
  }

  #flushSignature(): string {
    if (this.#signature === '') return '';
    const signature = this.#signature;
    this.#signature = '';
    return this.#detail({ signature });
  }

  #detail(block: { text?: string; signature?: string; redactedData?: string }): string {
    const detail = encodeReasoningDetail({ text: '', signature: '', redactedData: '', ...block });
    return this.#chunk(JSON.stringify({ reasoning_details: [detail] }));
  }

  #toolCall(call: object): string {
    return this.#chunk(JSON.stringify({ tool_calls: [call] }));
  }

  #chunk(delta: string): string {
    return `${this.#head}[{"index":0,"delta":${delta},"logprobs":null,"finish_reason":null}]${this.#tail}`;
  }

  #finish(finished: StreamFinished): string {
    const { finishReason, usage } = finished;
    const { requestId = '', route, cache } = this.#started ?? {};
    const extension = encodeExtension({ ...finished, requestId, route, cache });
    const reason = encodeFinishReason(finishReason);
    const choice = `[{"index":0,"delta":{},"logprobs":null,"finish_reason":"${reason}"}]`;
    const last = `${this.#head}${choice},"switchyard":${JSON.stringify(extension)}${this.#tail}`;
    const used = JSON.stringify(encodeChatUsage(usage) ?? null);
    return `${last}${this.#includeUsage ? `${this.#head}[],"usage":${used}}\n\n` : ''}data: [DONE]\n\n`;
  }
}
