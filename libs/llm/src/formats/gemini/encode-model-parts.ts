import type { Message, Part, Reasoning, ToolCall } from '@switchyard/contracts/routing';
import type { CallNames } from '../call-names.ts';
import { forFormat } from '../reasoning-origin.ts';
import { parseArguments } from './find-unsupported-part.ts';
import type { ModelGeneration } from './model-generation.ts';

/** A part of a turn as generateContent takes it. */
export type WirePart = Readonly<Record<string, unknown>>;

/**
 * What a model of the later generation takes in place of a signature that was never given: it refuses the call of a
 * function without any, and other providers, which may have made the call, give none.
 * Source: https://ai.google.dev/gemini-api/docs/thought-signatures, FAQ
 */
const NO_SIGNATURE = 'skip_thought_signature_validator';

/** The parts of an assistant's turn. Shows its calls to `names`. */
export function encodeModelParts({
  message,
  names,
  generation,
}: {
  readonly message: Message;
  readonly names: CallNames;
  readonly generation: ModelGeneration;
}): WirePart[] {
  const turn = new ModelTurn(generation);
  for (const part of message.parts) {
    if (part.content?.$case === 'toolCall') names.add(part.content.value);
    turn.add(part);
  }
  return turn.end();
}

/**
 * A signature stands on the part that follows the thought: the first call, or the text. Without one to follow it stands
 * on an empty text, which is how a stream brings it.
 */
class ModelTurn {
  readonly #generation: ModelGeneration;
  readonly #parts: WirePart[] = [];
  #signature: string | undefined;
  /** Of parallel calls only the first is signed. */
  #hasCall = false;

  constructor(generation: ModelGeneration) {
    this.#generation = generation;
  }

  add({ content }: Part): void {
    switch (content?.$case) {
      case 'reasoning':
        this.#addReasoning(content.value);
        return;
      case 'text':
      case 'refusal':
        if (content.value !== '') this.#push({ text: content.value });
        return;
      case 'toolCall':
        this.#addCall(content.value);
        return;
      default:
        return;
    }
  }

  end(): WirePart[] {
    this.#flush();
    return this.#parts;
  }

  /** Reasoning that another provider wrote, or nobody signed, says nothing to this one. */
  #addReasoning({ text, signature }: Reasoning): void {
    const own = forFormat('gemini', signature);
    if (own === undefined) return;
    this.#flush();
    if (text !== '') this.#parts.push({ text, thought: true });
    this.#signature = own;
  }

  #addCall({ id, name, argumentsJson }: ToolCall): void {
    if (this.#generation === 'levels' && !this.#hasCall) this.#signature ??= NO_SIGNATURE;
    this.#hasCall = true;
    this.#push({
      functionCall: { id: id === '' ? undefined : id, name, args: parseArguments(argumentsJson) },
    });
  }

  #push(part: WirePart): void {
    this.#parts.push({ ...part, thoughtSignature: this.#signature });
    this.#signature = undefined;
  }

  #flush(): void {
    if (this.#signature !== undefined) this.#push({ text: '' });
  }
}
