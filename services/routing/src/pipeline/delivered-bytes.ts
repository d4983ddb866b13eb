import type { Delta, Message } from '@switchyard/contracts/routing';
import type { OperationAnswers, OperationKind } from '@switchyard/llm';

/** UTF-8 bytes of what a piece of a stream says: the output is estimated from them where nobody reports it. */
export function bytesOfDelta({ content }: Delta): number {
  switch (content?.$case) {
    case 'text':
    case 'reasoning':
    case 'refusal':
    case 'reasoningSignature':
    case 'redactedReasoning':
      return Buffer.byteLength(content.value);
    case 'toolCallStart':
      return Buffer.byteLength(content.value.name);
    case 'toolCallArguments':
      return Buffer.byteLength(content.value.delta);
    case undefined:
      return 0;
  }
}

/** The same of an answer in one piece. */
export function bytesOfMessage(message: Message | undefined): number {
  let bytes = 0;
  for (const { content } of message?.parts ?? []) {
    switch (content?.$case) {
      case 'text':
      case 'refusal':
        bytes += Buffer.byteLength(content.value);
        break;
      case 'reasoning': {
        const { text, signature, redactedData } = content.value;
        bytes += Buffer.byteLength(text) + Buffer.byteLength(signature) + Buffer.byteLength(redactedData);
        break;
      }
      case 'toolCall':
        bytes += Buffer.byteLength(content.value.name) + Buffer.byteLength(content.value.argumentsJson);
        break;
      // Models that are offered answer with no other parts.
      default:
    }
  }
  return bytes;
}

/** The same of work other than chats: what was written down. Vectors, places, verdicts, images and sound are no text. */
export const bytesOfWork = (decoded: OperationAnswers[Exclude<OperationKind, 'chat'>]): number =>
  'text' in decoded ? Buffer.byteLength(decoded.text) : 0;
