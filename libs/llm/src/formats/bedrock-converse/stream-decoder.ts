import type { Delta, FinishReason, Usage } from '@switchyard/contracts/routing';
import { AwsEventStreamParser } from '../aws-event-stream.ts';
import { EventStreamDecoder } from '../event-stream-decoder.ts';
import { isObject, type JsonObject, objectAt, parseJson, stringAt } from '../json.ts';
import { invalidResponse } from '../provider-error.ts';
import { withOrigin } from '../reasoning-origin.ts';
import type { StreamDecoderOptions } from '../wire-format.ts';
import { classifyException } from './classify-error.ts';
import { decodeConverseUsage } from './decode-usage.ts';
import { decodeStopReason, isMalformed } from './stop-reason.ts';

const EXCEPTION = 'exception:';

/**
 * Streams of ConverseStream: `messageStart`, content blocks that start, grow and stop, `messageStop` with the reason, and
 * `metadata` with the usage, which ends it. Events of other types are skipped.
 */
export class ConverseStreamDecoder extends EventStreamDecoder {
  #usage: Usage | undefined;
  #finishReason: FinishReason | undefined;
  /** Canonical numbers of tool calls by the index of their block. */
  readonly #calls = new Map<unknown, number>();

  constructor(options: StreamDecoderOptions) {
    super(options, AwsEventStreamParser);
  }

  protected override takeEvent(type: string, data: string): void {
    if (type.startsWith(EXCEPTION)) {
      this.#takeException(type.slice(EXCEPTION.length), data);
      return;
    }
    const event = this.parse(data);
    if (event === undefined) return;
    switch (type) {
      case 'contentBlockStart':
        this.#startBlock(event);
        return;
      case 'contentBlockDelta':
        this.#growBlock(event);
        return;
      case 'messageStop':
        this.#takeStop(event);
        return;
      case 'metadata':
        this.#takeMetadata(event);
        return;
      default:
    }
  }

  /** Only `metadata` ends a stream. */
  protected override takeEnd(): void {
    this.breakOff();
  }

  #takeException(type: string, data: string): void {
    const body = parseJson(data);
    const known = isObject(body) ? body : undefined;
    this.fail(classifyException({ type, body: known, status: undefined, retryAfterMs: undefined }));
  }

  #startBlock(event: JsonObject): void {
    const call = objectAt(objectAt(event, 'start') ?? {}, 'toolUse');
    // Blocks of text have no start.
    if (call === undefined) return;
    const id = stringAt(call, 'toolUseId');
    const name = stringAt(call, 'name');
    if (!id || !name) {
      this.fail(invalidResponse('a tool call of the stream begins without toolUseId or name', 200));
      return;
    }
    const index = this.#calls.size;
    this.#calls.set(event.contentBlockIndex, index);
    this.#emitDelta({ $case: 'toolCallStart', value: { index, id, name } });
  }

  #growBlock(event: JsonObject): void {
    const delta = objectAt(event, 'delta');
    if (delta === undefined) {
      this.fail(invalidResponse('a delta of the stream is missing', 200));
      return;
    }
    const text = stringAt(delta, 'text');
    if (text) this.#emitDelta({ $case: 'text', value: text });
    const input = stringAt(objectAt(delta, 'toolUse') ?? {}, 'input');
    const index = this.#calls.get(event.contentBlockIndex);
    if (input && index !== undefined)
      this.#emitDelta({ $case: 'toolCallArguments', value: { index, delta: input } });
    const reasoning = objectAt(delta, 'reasoningContent');
    if (reasoning !== undefined) this.#growReasoning(reasoning);
  }

  #growReasoning(reasoning: JsonObject): void {
    const text = stringAt(reasoning, 'text');
    if (text) this.#emitDelta({ $case: 'reasoning', value: text });
    const signature = stringAt(reasoning, 'signature');
    if (signature)
      this.#emitDelta({ $case: 'reasoningSignature', value: withOrigin('bedrock-converse', signature) });
    const redacted = stringAt(reasoning, 'redactedContent');
    if (redacted)
      this.#emitDelta({ $case: 'redactedReasoning', value: withOrigin('bedrock-converse', redacted) });
  }

  #takeStop(event: JsonObject): void {
    const reason = stringAt(event, 'stopReason');
    if (reason === undefined) this.fail(invalidResponse('the stream stops without a stopReason', 200));
    else if (isMalformed(reason)) this.fail(invalidResponse(`the model stopped with ${reason}`, 200));
    else this.#finishReason = decodeStopReason(reason);
  }

  #takeMetadata(event: JsonObject): void {
    const usage = objectAt(event, 'usage');
    if (usage !== undefined) {
      this.#usage = decodeConverseUsage(usage);
      this.emit({ kind: 'usage', usage: this.#usage });
    }
    const finishReason = this.#finishReason;
    if (finishReason === undefined) this.breakOff();
    else this.emit({ kind: 'finish', finishReason, usage: this.#usage, providerModel: '' });
  }

  #emitDelta(content: NonNullable<Delta['content']>): void {
    this.emit({ kind: 'delta', delta: { content } });
  }
}
