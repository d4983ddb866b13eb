import { type Message, type Part, Role, type ToolCall } from '@switchyard/contracts/routing';
import { err, ok, type Result } from '@switchyard/kernel';
import { CallNames } from '../call-names.ts';
import { parseJsonObject } from '../json.ts';
import { invalidJsonObject } from '../json-schema.ts';
import { joinedText, resultText } from '../part-text.ts';
import type { Unsupported } from '../unsupported.ts';

/** A message as /api/chat takes it. Absent fields are `undefined` and do not get into the JSON. */
type WireMessage = Readonly<Record<string, unknown>>;

/**
 * The conversation as the wire has it. Each tool result is a message of its own, and stands before what else its message
 * says, because it must follow the call. Expects a request in which nothing is unsupported; only arguments that are no
 * JSON object are found here.
 */
export function encodeOllamaMessages(messages: readonly Message[]): Result<WireMessage[], Unsupported> {
  const encoded: WireMessage[] = [];
  const names = new CallNames();
  for (const [index, { role, parts }] of messages.entries()) {
    switch (role) {
      case Role.ASSISTANT: {
        const turn = encodeAssistant(parts, { field: `messages[${index}]`, names });
        if (!turn.ok) return turn;
        encoded.push(turn.value);
        break;
      }
      case Role.SYSTEM:
      case Role.DEVELOPER:
        encoded.push({ role: 'system', content: joinedText(parts, '\n\n') });
        break;
      default:
        encoded.push(...encodeUser(parts, names));
    }
  }
  return ok(encoded);
}

/** Pictures stand beside the text here, not in it. */
function encodeUser(parts: readonly Part[], names: CallNames): WireMessage[] {
  const results: WireMessage[] = [];
  const images: string[] = [];
  let says = false;
  for (const { content } of parts) {
    if (content?.$case === 'toolResult') {
      const tool_name = names.nameOf(content.value);
      const { toolCallId } = content.value;
      results.push({ role: 'tool', tool_name, tool_call_id: toolCallId, content: resultText(content.value) });
      continue;
    }
    says = true;
    if (content?.$case === 'image' && content.value.source?.$case === 'data')
      images.push(content.value.source.value.toString('base64'));
  }
  if (!says) return results;
  const message = { role: 'user', content: joinedText(parts, '\n\n') };
  return [...results, images.length === 0 ? message : { ...message, images }];
}

function encodeAssistant(
  parts: readonly Part[],
  { field, names }: { readonly field: string; readonly names: CallNames },
): Result<WireMessage, Unsupported> {
  const calls: object[] = [];
  let content = '';
  for (const [place, part] of parts.entries()) {
    if (part.content?.$case === 'text' || part.content?.$case === 'refusal') content += part.content.value;
    if (part.content?.$case !== 'toolCall') continue;
    const call = encodeCall(part.content.value, calls.length);
    if (call === undefined)
      return err(invalidJsonObject(`${field}.parts[${place}].tool_call.arguments_json`));
    names.add(part.content.value);
    calls.push(call);
  }
  return ok({ role: 'assistant', content, tool_calls: calls.length === 0 ? undefined : calls });
}

function encodeCall({ id, name, argumentsJson }: ToolCall, index: number): object | undefined {
  const args = argumentsJson === '' ? {} : parseJsonObject(argumentsJson);
  return args && { id, type: 'function', function: { index, name, arguments: args } };
}
