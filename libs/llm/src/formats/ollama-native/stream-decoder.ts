import type { Delta } from '@switchyard/contracts/routing';
import { EventStreamDecoder } from '../event-stream-decoder.ts';
import { type JsonObject, stringAt } from '../json.ts';
import { NdjsonParser } from '../ndjson.ts';
import { invalidResponse } from '../provider-error.ts';
import type { StreamDecoderOptions } from '../wire-format.ts';
import { classifyOllamaErrorBody } from './classify-error.ts';
import { decodeOllamaMessage } from './decode-message.ts';
import { decodeOllamaUsage } from './decode-usage.ts';
import { decodeDoneReason } from './finish-reason.ts';

/** Streams of /api/chat: a JSON object in each line, the last of them with `done` and the counts. */
export class OllamaStreamDecoder extends EventStreamDecoder {
  #providerModel = '';
  #calls = 0;

  constructor(options: StreamDecoderOptions) {
    super(options, NdjsonParser);
  }

  protected override takeEvent(_type: string, data: string): void {
    const object = this.parse(data);
    if (object === undefined) return;
    if (object.error !== undefined) {
      this.fail(classifyOllamaErrorBody(object, { status: undefined, retryAfterMs: undefined }));
      return;
    }
    if (this.#providerModel === '') this.#providerModel = stringAt(object, 'model') ?? '';
    this.#takeMessage(object);
    if (object.done === true) this.#finish(object);
  }

  /** Only `done` ends a stream. */
  protected override takeEnd(): void {
    this.breakOff();
  }

  #takeMessage(object: JsonObject): void {
    const message = decodeOllamaMessage(object, this.#calls);
    if (message === undefined) {
      // The last object of older servers has no message.
      if (object.done !== true) this.fail(invalidResponse('a line of the stream has no whole message', 200));
      return;
    }
    const { thinking, content, calls } = message;
    if (thinking !== '') this.#emitDelta({ $case: 'reasoning', value: thinking });
    if (content !== '') this.#emitDelta({ $case: 'text', value: content });
    for (const { id, name, argumentsJson } of calls) {
      const index = this.#calls++;
      this.#emitDelta({ $case: 'toolCallStart', value: { index, id, name } });
      this.#emitDelta({ $case: 'toolCallArguments', value: { index, delta: argumentsJson } });
    }
  }

  #finish(last: JsonObject): void {
    const usage = decodeOllamaUsage(last);
    if (usage !== undefined) this.emit({ kind: 'usage', usage });
    const calls = this.#calls > 0 ? 'calls' : 'no_calls';
    this.emit({
      kind: 'finish',
      finishReason: decodeDoneReason(stringAt(last, 'done_reason'), calls),
      usage,
      providerModel: this.#providerModel,
    });
  }

  #emitDelta(content: NonNullable<Delta['content']>): void {
    this.emit({ kind: 'delta', delta: { content } });
  }
}
