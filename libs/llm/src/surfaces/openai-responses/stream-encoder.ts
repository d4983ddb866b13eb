import type {
  Delta,
  StreamCompleteResponse,
  StreamFinished,
  StreamStarted,
} from '@switchyard/contracts/routing';
import { type ServiceError, unreachable } from '@switchyard/kernel';
import { encodeChatError } from '../openai-chat/encode-error.ts';
import type { StreamHead, SurfaceStreamEncoder } from '../surface.ts';
import { encodeExtension } from '../switchyard/encode-extension.ts';
import type { ResponsesRequest } from './decode-request.ts';
import { encodeEnd, encodeHead } from './encode-head.ts';
import { OpenCall, type OpenItem, OpenMessage, OpenReasoning } from './stream-items.ts';

export function createResponsesStreamEncoder(head: StreamHead<ResponsesRequest>): SurfaceStreamEncoder {
  return new Encoder(head);
}

/**
 * The order is OpenAI's: `response.created`, `response.in_progress`, each item of the output from its `added` to its
 * `done`, and the whole response as `completed`, `incomplete` or `failed`. Events are numbered from 0. Calls of one turn
 * may be open at once; every other item ends what came before it.
 */
class Encoder implements SurfaceStreamEncoder {
  readonly #requestId: string;
  readonly #head: object;
  #started: StreamStarted | undefined;
  #sequence = 0;
  /** In order of their beginning. */
  readonly #items: OpenItem[] = [];
  /** Items that still grow, by number of the call; a message or reasoning stands alone under -1. */
  readonly #open = new Map<number, OpenItem>();

  constructor(head: StreamHead<ResponsesRequest>) {
    this.#requestId = head.requestId;
    this.#head = encodeHead(head.requestId, head);
  }

  encode({ event }: StreamCompleteResponse): string {
    switch (event?.$case) {
      case undefined:
        return '';
      case 'started': {
        this.#started = event.value;
        const response = { ...this.#head, status: 'in_progress', output: [], usage: null };
        return (
          this.#write('response.created', { response }) + this.#write('response.in_progress', { response })
        );
      }
      case 'delta':
        return this.#delta(event.value.content);
      case 'finished':
        return this.#finish(event.value);
      default:
        return unreachable(event);
    }
  }

  encodeError(error: ServiceError): string {
    const { code, message, param } = encodeChatError(error).body.error;
    const output = this.#items.map(({ item }) => item);
    const failed = { ...this.#head, status: 'failed', error: { code, message }, output, usage: null };
    return (
      this.#write('error', { code, message, param }) + this.#write('response.failed', { response: failed })
    );
  }

  #delta(content: Delta['content']): string {
    switch (content?.$case) {
      case undefined:
        return '';
      case 'text':
      case 'refusal': {
        const open = this.#open.get(ALONE);
        if (open instanceof OpenMessage) return open.add(content.$case, content.value);
        const message = new OpenMessage(this.#place('msg'));
        return this.#closeAll() + this.#begin(message) + message.add(content.$case, content.value);
      }
      case 'reasoning': {
        const open = this.#open.get(ALONE);
        if (open instanceof OpenReasoning) return open.add(content.value);
        const reasoning = new OpenReasoning(this.#place('rs'));
        return this.#closeAll() + this.#begin(reasoning) + reasoning.add(content.value);
      }
      case 'reasoningSignature':
        return this.#endReasoning((block) => block.sign(content.value));
      case 'redactedReasoning':
        return this.#redact(content.value);
      case 'toolCallStart': {
        const { index, id, name } = content.value;
        const ended = this.#open.has(ALONE) ? this.#closeAll() : '';
        const call = new OpenCall(this.#place('fc'), { id, name });
        return ended + this.#begin(call, index);
      }
      case 'toolCallArguments': {
        const call = this.#open.get(content.value.index);
        return call instanceof OpenCall ? call.add(content.value.delta) : '';
      }
      default:
        return unreachable(content);
    }
  }

  /** A signature ends the reasoning that it signs; without one it is an item of its own. */
  #endReasoning(seal: (block: OpenReasoning) => void): string {
    const open = this.#open.get(ALONE);
    if (open instanceof OpenReasoning) {
      seal(open);
      return this.#closeAll();
    }
    const block = new OpenReasoning(this.#place('rs'));
    const begun = this.#closeAll() + this.#begin(block);
    seal(block);
    return begun + this.#closeAll();
  }

  #redact(data: string): string {
    return this.#closeAll() + this.#endReasoning((block) => block.redact(data));
  }

  #place(prefix: string) {
    const index = this.#items.length;
    const write = (type: string, fields: object) => this.#write(type, fields);
    return { id: `${prefix}_${this.#requestId}_${index}`, index, write };
  }

  #begin(item: OpenItem & { open(): string }, key = ALONE): string {
    this.#items.push(item);
    this.#open.set(key, item);
    return item.open();
  }

  #closeAll(): string {
    let text = '';
    for (const item of this.#open.values()) text += item.close();
    this.#open.clear();
    return text;
  }

  #finish(finished: StreamFinished): string {
    const closed = this.#closeAll();
    const { requestId = this.#requestId, route, cache } = this.#started ?? {};
    const response = {
      ...this.#head,
      ...encodeEnd(finished.finishReason, finished.usage),
      output: this.#items.map(({ item }) => item),
      switchyard: encodeExtension({ ...finished, requestId, route, cache }),
    };
    return closed + this.#write(`response.${response.status}`, { response });
  }

  #write(type: string, fields: object): string {
    const event = { type, sequence_number: this.#sequence++, ...fields };
    return `event: ${type}\ndata: ${JSON.stringify(event)}\n\n`;
  }
}

/** Where what is no call is kept. */
const ALONE = -1;
