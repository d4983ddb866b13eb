import type { Delta, Message, Part, ToolCall } from '@switchyard/contracts/routing';
import { unreachable } from '@switchyard/kernel';
import { assistantMessage, reasoningPart, refusalPart, textPart, toolCallPart } from './parts.ts';

type Open =
  | { readonly kind: 'text' | 'refusal'; text: string }
  | { readonly kind: 'reasoning'; text: string; signature: string };

/** Puts the deltas of a stream together into the assistant's turn that the same call without a stream would give. */
export class MessageBuilder {
  readonly #parts: Part[] = [];
  readonly #toolCalls = new Map<number, ToolCall>();
  #open: Open | undefined;

  /** Takes the next delta. */
  add(delta: Delta): void {
    const { content } = delta;
    if (content === undefined) return;
    switch (content.$case) {
      case 'text':
      case 'refusal':
      case 'reasoning':
        this.#append(content.$case, content.value);
        return;
      case 'reasoningSignature':
        this.#sign(content.value);
        return;
      case 'redactedReasoning':
        this.#close();
        this.#parts.push(reasoningPart({ redactedData: content.value }));
        return;
      case 'toolCallStart': {
        this.#close();
        const call: ToolCall = { id: content.value.id, name: content.value.name, argumentsJson: '' };
        this.#toolCalls.set(content.value.index, call);
        this.#parts.push(toolCallPart(call));
        return;
      }
      case 'toolCallArguments': {
        const call = this.#toolCalls.get(content.value.index);
        if (call !== undefined) call.argumentsJson += content.value.delta;
        return;
      }
      default:
        unreachable(content);
    }
  }

  /** The turn so far. */
  message(): Message {
    this.#close();
    return assistantMessage(this.#parts);
  }

  #append(kind: Open['kind'], text: string): void {
    if (this.#open?.kind !== kind) {
      this.#close();
      this.#open = kind === 'reasoning' ? { kind, text: '', signature: '' } : { kind, text: '' };
    }
    this.#open.text += text;
  }

  /** A signature ends the block of reasoning that it signs; without one it is a block of its own. */
  #sign(signature: string): void {
    if (this.#open?.kind !== 'reasoning') this.#append('reasoning', '');
    const block = this.#open;
    if (block?.kind === 'reasoning') block.signature = signature;
    this.#close();
  }

  #close(): void {
    const open = this.#open;
    this.#open = undefined;
    if (open === undefined) return;
    if (open.kind === 'text') this.#parts.push(textPart(open.text));
    else if (open.kind === 'refusal') this.#parts.push(refusalPart(open.text));
    else this.#parts.push(reasoningPart(open));
  }
}
