import type { ToolCall } from '@switchyard/contracts/routing';
import { callIdOf } from '../call-id.ts';
import { arrayAt, isObject, type JsonObject, objectAt, stringAt } from '../json.ts';

/** What a message says, whole or a piece of it. */
export interface OllamaMessage {
  readonly thinking: string;
  readonly content: string;
  readonly calls: readonly ToolCall[];
}

/**
 * The message of an answer, or of one object of its stream; `undefined` where it has none or lacks a field. Calls come
 * whole, never in pieces.
 *
 * @param callsBefore how many calls the answer had before this
 */
export function decodeOllamaMessage(object: JsonObject, callsBefore: number): OllamaMessage | undefined {
  const message = objectAt(object, 'message');
  if (message === undefined) return undefined;
  const calls: ToolCall[] = [];
  // There is no id of the answer: its time, to the nanosecond, tells calls of one answer from those of the next.
  const responseId = stringAt(object, 'created_at')?.replace(/\W/g, '');
  for (const call of arrayAt(message, 'tool_calls')) {
    const decoded = decodeCall(call, { responseId, index: callsBefore + calls.length });
    if (decoded === undefined) return undefined;
    calls.push(decoded);
  }
  const content = stringAt(message, 'content') ?? '';
  return { thinking: stringAt(message, 'thinking') ?? '', content, calls };
}

function decodeCall(
  call: unknown,
  { responseId, index }: { readonly responseId: string | undefined; readonly index: number },
): ToolCall | undefined {
  const called = isObject(call) ? objectAt(call, 'function') : undefined;
  if (!isObject(call) || called === undefined) return undefined;
  const name = stringAt(called, 'name');
  const argumentsObject = objectAt(called, 'arguments');
  if (!name || argumentsObject === undefined) return undefined;
  const argumentsJson = JSON.stringify(argumentsObject);
  const id = callIdOf({ id: stringAt(call, 'id'), responseId, index, name, argumentsJson });
  return { id, name, argumentsJson };
}
