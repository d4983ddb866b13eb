import { type Media, type Message, type Part, Role, type ToolCall } from '@switchyard/contracts/routing';
import { dataUrl } from '../data-url.ts';
import { joinedText, resultText } from '../part-text.ts';

/** A message as /chat takes it. Absent fields are `undefined` and do not get into the JSON. */
type WireMessage = Readonly<Record<string, unknown>>;

/**
 * A message as the wire has it. Each tool result is a message of its own, and stands before what else its message says,
 * because it must follow the call. Expects a request in which nothing is unsupported.
 */
export function encodeCohereMessage({ role, parts }: Message): WireMessage[] {
  switch (role) {
    case Role.ASSISTANT:
      return [encodeAssistant(parts)];
    case Role.SYSTEM:
    case Role.DEVELOPER:
      return [{ role: 'system', content: joinedText(parts, '\n\n') }];
    default:
      return encodeUser(parts);
  }
}

function encodeUser(parts: readonly Part[]): WireMessage[] {
  const messages: WireMessage[] = [];
  const content: object[] = [];
  for (const part of parts) {
    switch (part.content?.$case) {
      case 'toolResult': {
        const { toolCallId } = part.content.value;
        messages.push({ role: 'tool', tool_call_id: toolCallId, content: resultText(part.content.value) });
        break;
      }
      case 'text':
        content.push({ type: 'text', text: part.content.value });
        break;
      case 'image':
        content.push({ type: 'image_url', image_url: { url: imageUrl(part.content.value) } });
        break;
      default:
    }
  }
  if (content.length > 0) messages.push({ role: 'user', content });
  return messages;
}

/** What is said before calls is their plan; reasoning goes back to nobody. */
function encodeAssistant(parts: readonly Part[]): WireMessage {
  const calls: object[] = [];
  let text = '';
  for (const { content } of parts) {
    if (content?.$case === 'text' || content?.$case === 'refusal') text += content.value;
    else if (content?.$case === 'toolCall') calls.push(encodeCall(content.value));
  }
  if (calls.length === 0) return { role: 'assistant', content: text };
  return { role: 'assistant', tool_plan: text === '' ? undefined : text, tool_calls: calls };
}

const encodeCall = ({ id, name, argumentsJson }: ToolCall): object => ({
  id,
  type: 'function',
  function: { name, arguments: argumentsJson === '' ? '{}' : argumentsJson },
});

function imageUrl({ source, mediaType }: Media): string {
  return source?.$case === 'data' ? dataUrl(source.value, mediaType) : (source?.value ?? '');
}
