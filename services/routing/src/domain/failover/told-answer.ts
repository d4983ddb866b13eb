import type { Delta } from '@switchyard/contracts/routing';

/** Longest text that another candidate is asked to go on with, in characters. */
const MAX_TEXT = 1024 * 1024;

/**
 * What the caller of a stream has of the answer. `continuable`: a text that another candidate can go on with; `final`: whoever
 * begun it must end it.
 */
export type ToldSoFar = 'nothing' | 'continuable' | 'final';

/** What the caller of a stream has been told of the answer, by whomever. */
export class ToldAnswer {
  #text = '';
  #soFar: ToldSoFar = 'nothing';
  #endsInThought = false;
  #isContinued = false;
  /** White space at the end of the text that whoever goes on with it was not shown. */
  #hidden = '';

  readonly #mayContinue: boolean;

  /** @param wanted whether a broken answer is to be continued */
  constructor(wanted: 'continued' | 'as it is') {
    this.#mayContinue = wanted === 'continued';
  }

  get soFar(): ToldSoFar {
    return this.#soFar === 'continuable' && this.#endsInThought ? 'final' : this.#soFar;
  }

  get text(): string {
    return this.#text;
  }

  /** Somebody else goes on with it. */
  continue(): void {
    this.#isContinued = true;
    this.#hidden = this.#text.slice(this.#text.trimEnd().length);
  }

  /** @returns what the caller is told of a piece of the answer; undefined: nothing */
  tell(piece: Delta): Delta | undefined {
    const told = this.#isContinued ? this.#fitted(piece) : piece;
    if (told !== undefined) this.#note(told.content);
    return told;
  }

  #note(content: Delta['content']): void {
    if (this.#soFar === 'nothing') this.#soFar = this.#mayContinue ? 'continuable' : 'final';
    if (this.#soFar === 'final') return;
    switch (content?.$case) {
      case 'text':
        this.#text += content.value;
        this.#endsInThought = false;
        if (this.#text.length > MAX_TEXT) this.#end();
        break;
      case 'reasoning':
        this.#endsInThought = true;
        break;
      default:
        // Of a call or a refusal nobody else can write the rest, and a signature binds the answer to its model.
        this.#end();
    }
  }

  #end(): void {
    this.#soFar = 'final';
    this.#text = '';
  }

  /** Nobody wants a thought in the middle of a text, or white space twice. */
  #fitted(piece: Delta): Delta | undefined {
    switch (piece.content?.$case) {
      case 'reasoning':
      case 'reasoningSignature':
      case 'redactedReasoning':
        return undefined;
      case 'text': {
        const value = this.#withoutHidden(piece.content.value);
        return value === '' ? undefined : { content: { $case: 'text', value } };
      }
      default:
        return piece;
    }
  }

  #withoutHidden(text: string): string {
    let same = 0;
    while (same < text.length && same < this.#hidden.length && text[same] === this.#hidden[same]) same++;
    this.#hidden = same === text.length ? this.#hidden.slice(same) : '';
    return text.slice(same);
  }
}
