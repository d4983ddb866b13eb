import type {
  Delta,
  StreamCompleteResponse,
  StreamFinished,
  StreamStarted,
} from '@switchyard/contracts/routing';
import { type ServiceError, unreachable } from '@switchyard/kernel';
import type { StreamHead, SurfaceRequest, SurfaceStreamEncoder } from '../surface.ts';
import { encodeExtension } from '../switchyard/encode-extension.ts';
import { encodeMessagesError } from './encode-error.ts';
import { encodeStopDetails, encodeStopReason } from './encode-stop-reason.ts';
import { encodeMessagesUsage } from './encode-usage.ts';

export function createMessagesStreamEncoder(head: StreamHead<SurfaceRequest>): SurfaceStreamEncoder {
  return new Encoder(head);
}

/** A content block as it starts. */
type BlockStart =
  | { readonly type: 'text'; readonly text: '' }
  | { readonly type: 'thinking'; readonly thinking: ''; readonly signature: '' }
  | { readonly type: 'redacted_thinking'; readonly data: string }
  | { readonly type: 'tool_use'; readonly id: string; readonly name: string; readonly input: object };

/** The block that is open: deltas of its kind go into it. */
interface OpenBlock {
  readonly kind: 'text' | 'thinking' | 'tool_use';
  readonly index: number;
  /** Canonical number of the call. */
  readonly call: number | undefined;
}

/**
 * The order is Anthropic's: `message_start`, each content block from its start to its stop, `message_delta` with the stop
 * reason and all usage, `message_stop`. Blocks do not overlap there, so pieces of a call that is not the open one wait for
 * the open block's end.
 */
class Encoder implements SurfaceStreamEncoder {
  readonly #head: StreamHead<SurfaceRequest>;
  #started: StreamStarted | undefined;
  #open: OpenBlock | undefined;
  #blocks = 0;
  #refusal = '';
  /** Arguments of calls that have begun while another was open, by number of the call, in the order of their beginning. */
  readonly #waiting = new Map<number, { readonly id: string; readonly name: string; arguments: string }>();

  constructor(head: StreamHead<SurfaceRequest>) {
    this.#head = head;
  }

  encode({ event }: StreamCompleteResponse): string {
    switch (event?.$case) {
      case undefined:
        return '';
      case 'started':
        this.#started = event.value;
        return this.#start(event.value);
      case 'delta':
        return this.#delta(event.value.content);
      case 'finished':
        return this.#finish(event.value);
      default:
        return unreachable(event);
    }
  }

  encodeError(error: ServiceError): string {
    return sse('error', encodeMessagesError(error).body);
  }

  #start({ usage }: StreamStarted): string {
    // The API counts the first token of the output here; how many there will be is not known.
    const begun = { ...encodeMessagesUsage(usage), output_tokens: 0, output_tokens_details: null };
    const message = {
      id: `msg_${this.#head.requestId}`,
      type: 'message',
      role: 'assistant',
      model: this.#head.asked.request.model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      stop_details: null,
      usage: begun,
    };
    return sse('message_start', { type: 'message_start', message });
  }

  #delta(content: Delta['content']): string {
    switch (content?.$case) {
      case undefined:
        return '';
      case 'text':
        return this.#within('text') + this.#grow({ type: 'text_delta', text: content.value });
      case 'refusal':
        this.#refusal += content.value;
        return '';
      case 'reasoning':
        return this.#within('thinking') + this.#grow({ type: 'thinking_delta', thinking: content.value });
      case 'reasoningSignature':
        return this.#sign(content.value);
      case 'redactedReasoning':
        return this.#stop() + this.#begin({ type: 'redacted_thinking', data: content.value }) + this.#stop();
      case 'toolCallStart':
        return this.#startCall(content.value);
      case 'toolCallArguments':
        return this.#growCall(content.value);
      default:
        return unreachable(content);
    }
  }

  /** A signature ends its block. */
  #sign(signature: string): string {
    return this.#within('thinking') + this.#grow({ type: 'signature_delta', signature }) + this.#stop();
  }

  #startCall({ index, id, name }: { readonly index: number; readonly id: string; readonly name: string }) {
    if (this.#open?.kind === 'tool_use') {
      this.#waiting.set(index, { id, name, arguments: '' });
      return '';
    }
    return this.#stop() + this.#begin({ type: 'tool_use', id, name, input: {} }, index);
  }

  #growCall({ index, delta }: { readonly index: number; readonly delta: string }): string {
    if (this.#open?.call === index) return this.#grow({ type: 'input_json_delta', partial_json: delta });
    const waiting = this.#waiting.get(index);
    if (waiting !== undefined) waiting.arguments += delta;
    return '';
  }

  /** Opens a block of this kind unless one is open. */
  #within(kind: 'text' | 'thinking'): string {
    if (this.#open?.kind === kind) return '';
    const block: BlockStart =
      kind === 'text' ? { type: kind, text: '' } : { type: kind, thinking: '', signature: '' };
    return this.#stop() + this.#begin(block);
  }

  #begin(block: BlockStart, call?: number): string {
    const index = this.#blocks++;
    const kind = block.type === 'tool_use' || block.type === 'text' ? block.type : 'thinking';
    this.#open = { kind, index, call };
    return sse('content_block_start', { type: 'content_block_start', index, content_block: block });
  }

  #grow(delta: object): string {
    return sse('content_block_delta', { type: 'content_block_delta', index: this.#open?.index, delta });
  }

  /** Ends the open block, and after a call those that have waited for its end. */
  #stop(): string {
    let text = this.#stopOne();
    for (const [index, { id, name, arguments: partial_json }] of this.#waiting) {
      text += this.#begin({ type: 'tool_use', id, name, input: {} }, index);
      if (partial_json !== '') text += this.#grow({ type: 'input_json_delta', partial_json });
      text += this.#stopOne();
    }
    this.#waiting.clear();
    return text;
  }

  #stopOne(): string {
    if (this.#open === undefined) return '';
    const { index } = this.#open;
    this.#open = undefined;
    return sse('content_block_stop', { type: 'content_block_stop', index });
  }

  #finish(finished: StreamFinished): string {
    const { finishReason, usage } = finished;
    const { requestId = '', route, cache } = this.#started ?? {};
    const delta = {
      stop_reason: encodeStopReason(finishReason),
      stop_sequence: null,
      stop_details: encodeStopDetails(finishReason, this.#refusal),
    };
    const switchyard = encodeExtension({ ...finished, requestId, route, cache });
    const ended = { type: 'message_delta', delta, usage: encodeMessagesUsage(usage), switchyard };
    return `${this.#stop()}${sse('message_delta', ended)}${sse('message_stop', { type: 'message_stop' })}`;
  }
}

const sse = (event: string, data: object): string => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
