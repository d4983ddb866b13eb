import type { Delta, Message } from '@switchyard/contracts/routing';
import { unreachable } from '@switchyard/kernel';

/**
 * An assistant's turn as the deltas of a stream, a delta for each thing that is said: `MessageBuilder` makes the same turn of them. Parts
 * that no stream has (pictures, sounds, files, results of tools) are left out.
 */
export function deltasOfMessage({ parts }: Message): Delta[] {
  const deltas: Delta[] = [];
  const say = (content: Delta['content']) => deltas.push({ content });
  let calls = 0;
  for (const { content } of parts) {
    switch (content?.$case) {
      case 'text':
      case 'refusal':
        say(content);
        break;
      case 'reasoning': {
        const { text, signature, redactedData } = content.value;
        if (text !== '') say({ $case: 'reasoning', value: text });
        if (signature !== '') say({ $case: 'reasoningSignature', value: signature });
        if (redactedData !== '') say({ $case: 'redactedReasoning', value: redactedData });
        break;
      }
      case 'toolCall': {
        const { id, name, argumentsJson } = content.value;
        const index = calls++;
        say({ $case: 'toolCallStart', value: { index, id, name } });
        if (argumentsJson !== '') say({ $case: 'toolCallArguments', value: { index, delta: argumentsJson } });
        break;
      }
      case 'image':
      case 'audio':
      case 'file':
      case 'toolResult':
      case undefined:
        break;
      default:
        unreachable(content);
    }
  }
  return deltas;
}
