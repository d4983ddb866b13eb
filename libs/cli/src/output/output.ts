import type { TextSink } from './text-sink.ts';
import { PLAIN, type View } from './view.ts';

/** What commands print: for people, or as JSON for programs. */
export class Output {
  readonly #out: TextSink;
  /** Whether JSON was asked for. */
  readonly json: boolean;
  /** How text for people is laid out. */
  readonly view: View;

  constructor(out: TextSink, { json, view = PLAIN }: { readonly json: boolean; readonly view?: View }) {
    this.#out = out;
    this.json = json;
    this.view = view;
  }

  /** Text as it is. */
  text(text: string): void {
    this.#out.write(text);
  }

  /** A line of text. */
  line(text = ''): void {
    this.#out.write(`${text}\n`);
  }

  /** A value as JSON, with bigints as texts and dates in ISO form. */
  value(value: unknown): void {
    this.#out.write(`${JSON.stringify(value, replaceForJson, 2)}\n`);
  }

  /** A value as one line of JSON. */
  jsonLine(value: unknown): void {
    this.#out.write(`${JSON.stringify(value, replaceForJson)}\n`);
  }
}

function replaceForJson(key: string, value: unknown): unknown {
  if (key === '_unknownFields') return undefined;
  if (typeof value === 'bigint') return value.toString();
  return value;
}
