import type { CompleteRequest, Part, Role } from '@switchyard/contracts/routing';
import type { PartContent } from './parts.ts';
import type { Unsupported } from './unsupported.ts';

/** Where a part stands. */
export interface PartPlace {
  readonly role: Role;
  /** Whether it is inside the result of a tool call. */
  readonly within: 'message' | 'tool_result';
}

/** Says what is wrong with a part; `undefined` where nothing is. */
export type PartCheck = (content: PartContent, place: PartPlace) => string | undefined;

const FIELD_NAMES: Readonly<Record<PartContent['$case'], string>> = {
  text: 'text',
  image: 'image',
  audio: 'audio',
  file: 'file',
  toolCall: 'tool_call',
  toolResult: 'tool_result',
  reasoning: 'reasoning',
  refusal: 'refusal',
};

/** The first part of the conversation, results of tools included, that a format cannot express. */
export function findUnsupportedPart(request: CompleteRequest, check: PartCheck): Unsupported | undefined {
  for (const [index, message] of request.messages.entries()) {
    const place: PartPlace = { role: message.role, within: 'message' };
    const found = findInParts({ parts: message.parts, place, check });
    if (found !== undefined) return { ...found, field: `messages[${index}].${found.field}` };
  }
  return undefined;
}

function findInParts({
  parts,
  place,
  check,
}: {
  readonly parts: readonly Part[];
  readonly place: PartPlace;
  readonly check: PartCheck;
}): Unsupported | undefined {
  for (const [index, { content }] of parts.entries()) {
    if (content === undefined) return { field: `parts[${index}]`, description: 'has no content' };
    const field = `parts[${index}].${FIELD_NAMES[content.$case]}`;
    const description = check(content, place);
    if (description !== undefined) return { field, description };
    if (content.$case !== 'toolResult') continue;
    const within = { role: place.role, within: 'tool_result' } as const;
    const found = findInParts({ parts: content.value.parts, place: within, check });
    if (found !== undefined) return { ...found, field: `${field}.${found.field}` };
  }
  return undefined;
}
