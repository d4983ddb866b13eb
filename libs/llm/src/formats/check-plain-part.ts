import { type Media, Role } from '@switchyard/contracts/routing';
import { unreachable } from '@switchyard/kernel';
import type { PartPlace } from './find-part.ts';
import type { PartContent } from './parts.ts';

/**
 * What is wrong with a part where messages are as plain as can be: text everywhere, images of users alone, no sound and no files.
 *
 * @param checkImage what is wrong with an image of a user
 */
export function checkPlainPart(
  content: PartContent,
  { role, within }: PartPlace,
  checkImage: (image: Media) => string | undefined,
): string | undefined {
  if (within === 'tool_result')
    return content.$case === 'text' ? undefined : 'only text fits in a tool result here';
  if (role === Role.TOOL && content.$case !== 'toolResult') return 'only tool results fit in a tool message';
  switch (content.$case) {
    case 'text':
      return undefined;
    case 'image':
      return role === Role.USER ? checkImage(content.value) : 'only fits in a user message here';
    case 'audio':
    case 'file':
      return 'is not known here';
    case 'toolCall':
    case 'reasoning':
    case 'refusal':
      return role === Role.ASSISTANT ? undefined : 'only fits in an assistant message';
    case 'toolResult':
      return role === Role.TOOL || role === Role.USER ? undefined : 'only fits in a tool or user message';
    default:
      return unreachable(content);
  }
}
