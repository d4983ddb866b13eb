import {
  type CallItem,
  type ContentPart,
  type MessageItem,
  type OutputItem,
  reasoningItem,
  refusalContent,
  textContent,
} from './output-items.ts';

/** Writes one event: its type, and its fields beside type and sequence number. */
export type WriteEvent = (type: string, fields: object) => string;

/** An item of the output while it grows. Each method gives the events that tell of it. */
export interface OpenItem {
  /** Ends it. */
  close(): string;
  /** The item, whole once it is closed. */
  readonly item: OutputItem;
}

interface Place {
  readonly id: string;
  readonly index: number;
  readonly write: WriteEvent;
}

/** A message: parts of text or refusal, one after another. */
export class OpenMessage implements OpenItem {
  readonly #place: Place;
  readonly #closed: ContentPart[] = [];
  #kind: 'text' | 'refusal' | undefined;
  #text = '';

  constructor(place: Place) {
    this.#place = place;
  }

  open(): string {
    return this.#place.write('response.output_item.added', {
      output_index: this.#place.index,
      item: { ...this.#whole('in_progress'), content: [] },
    });
  }

  add(kind: 'text' | 'refusal', delta: string): string {
    const opened = this.#kind === kind ? '' : this.#closePart() + this.#openPart(kind);
    this.#text += delta;
    const type = kind === 'text' ? 'response.output_text.delta' : 'response.refusal.delta';
    return opened + this.#write(type, kind === 'text' ? { delta, logprobs: [] } : { delta });
  }

  close(): string {
    const closed = this.#closePart();
    const fields = { output_index: this.#place.index, item: this.item };
    return closed + this.#place.write('response.output_item.done', fields);
  }

  get item(): MessageItem {
    return this.#whole('completed');
  }

  #whole(status: MessageItem['status']): MessageItem {
    return { type: 'message', id: this.#place.id, role: 'assistant', status, content: [...this.#closed] };
  }

  #openPart(kind: 'text' | 'refusal'): string {
    this.#kind = kind;
    this.#text = '';
    return this.#write('response.content_part.added', {
      part: kind === 'text' ? textContent('') : refusalContent(''),
    });
  }

  #closePart(): string {
    if (this.#kind === undefined) return '';
    const isText = this.#kind === 'text';
    const part = isText ? textContent(this.#text) : refusalContent(this.#text);
    const done = isText
      ? this.#write('response.output_text.done', { text: this.#text, logprobs: [] })
      : this.#write('response.refusal.done', { refusal: this.#text });
    const told = done + this.#write('response.content_part.done', { part });
    this.#closed.push(part);
    this.#kind = undefined;
    return told;
  }

  #write(type: string, fields: object): string {
    const { id: item_id, index: output_index, write } = this.#place;
    return write(type, { item_id, output_index, content_index: this.#closed.length, ...fields });
  }
}

/** A call of a tool. */
export class OpenCall implements OpenItem {
  readonly #place: Place;
  readonly #call: { readonly id: string; readonly name: string };
  #arguments = '';

  constructor(place: Place, call: { readonly id: string; readonly name: string }) {
    this.#place = place;
    this.#call = call;
  }

  open(): string {
    const item = { ...this.item, status: 'in_progress' };
    return this.#place.write('response.output_item.added', { output_index: this.#place.index, item });
  }

  add(delta: string): string {
    this.#arguments += delta;
    return this.#write('response.function_call_arguments.delta', { delta });
  }

  close(): string {
    const { name } = this.#call;
    const done = this.#write('response.function_call_arguments.done', { name, arguments: this.#arguments });
    const fields = { output_index: this.#place.index, item: this.item };
    return done + this.#place.write('response.output_item.done', fields);
  }

  get item(): CallItem {
    const { id: call_id, name } = this.#call;
    const { id } = this.#place;
    return { type: 'function_call', id, call_id, name, arguments: this.#arguments, status: 'completed' };
  }

  #write(type: string, fields: object): string {
    return this.#place.write(type, { item_id: this.#place.id, output_index: this.#place.index, ...fields });
  }
}

/** A block of reasoning: its readable part is told as one summary. */
export class OpenReasoning implements OpenItem {
  readonly #place: Place;
  #text = '';
  #signature = '';
  #redactedData = '';

  constructor(place: Place) {
    this.#place = place;
  }

  open(): string {
    const { id, index: output_index, write } = this.#place;
    const item = { type: 'reasoning', id, summary: [], encrypted_content: null };
    return write('response.output_item.added', { output_index, item });
  }

  add(delta: string): string {
    const opened = this.#text === '' ? this.#part('added', '') : '';
    this.#text += delta;
    return opened + this.#write('response.reasoning_summary_text.delta', { delta });
  }

  sign(signature: string): void {
    this.#signature = signature;
  }

  redact(redactedData: string): void {
    this.#redactedData = redactedData;
  }

  close(): string {
    const text = this.#text;
    const done =
      text === ''
        ? ''
        : this.#write('response.reasoning_summary_text.done', { text }) + this.#part('done', text);
    const fields = { output_index: this.#place.index, item: this.item };
    return done + this.#place.write('response.output_item.done', fields);
  }

  get item(): OutputItem {
    const block = { text: this.#text, signature: this.#signature, redactedData: this.#redactedData };
    return reasoningItem(this.#place.id, block);
  }

  #part(step: 'added' | 'done', text: string): string {
    return this.#write(`response.reasoning_summary_part.${step}`, { part: { type: 'summary_text', text } });
  }

  #write(type: string, fields: object): string {
    const { id: item_id, index: output_index, write } = this.#place;
    return write(type, { item_id, output_index, summary_index: 0, ...fields });
  }
}
