import { type Media, Role } from '@switchyard/contracts/routing';
import { unreachable } from '@switchyard/kernel';
import { CallNames } from '../call-names.ts';
import type { PartCheck, PartPlace } from '../find-part.ts';
import { parseJsonObject } from '../json.ts';
import type { PartContent } from '../parts.ts';
import type { ModelGeneration } from './model-generation.ts';

/** Files are named by the URI that the Files API gave, not by their short name. */
const FILE_URI = /^(?:https|gs):\/\//;

/** Checks parts in the order of the conversation; for one conversation only, since results look for earlier calls. */
export function createPartCheck(generation: ModelGeneration): PartCheck {
  const names = new CallNames();
  return (content, place) => {
    if (place.within === 'tool_result') return checkResultPart(content, generation);
    const misplaced = checkPlace(content, place);
    if (misplaced !== undefined) return misplaced;
    switch (content.$case) {
      case 'text':
      case 'reasoning':
      case 'refusal':
        return undefined;
      case 'image':
      case 'audio':
      case 'file':
        return checkMedia(content.value);
      case 'toolCall':
        names.add(content.value);
        return parseArguments(content.value.argumentsJson) === undefined
          ? 'must have arguments_json that is a JSON object here'
          : undefined;
      case 'toolResult':
        return names.nameOf(content.value) === undefined
          ? 'needs the name of the tool: no earlier call has this tool_call_id'
          : undefined;
      default:
        return unreachable(content);
    }
  };
}

/** Arguments of a call as the object that the wire wants; `undefined` where they are none. */
export function parseArguments(argumentsJson: string) {
  return argumentsJson === '' ? {} : parseJsonObject(argumentsJson);
}

function checkPlace(content: PartContent, { role }: PartPlace): string | undefined {
  if (role === Role.TOOL && content.$case !== 'toolResult') return 'only tool results fit in a tool message';
  switch (content.$case) {
    case 'text':
      return undefined;
    case 'image':
    case 'audio':
    case 'file':
      return role === Role.USER ? undefined : 'only fits in a user message here';
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

function checkMedia({ source, mediaType }: Media): string | undefined {
  switch (source?.$case) {
    case undefined:
      return 'has no data, url or file_id';
    case 'data':
      return mediaType === '' ? 'needs a media_type' : undefined;
    case 'url':
      return undefined;
    case 'fileId':
      return FILE_URI.test(source.value) ? undefined : 'must have the URI of the file as its file_id here';
    default:
      return unreachable(source);
  }
}

function checkResultPart(content: PartContent, generation: ModelGeneration): string | undefined {
  if (content.$case === 'text') return undefined;
  if (content.$case !== 'image') return 'only text and images fit in a tool result';
  if (generation === 'budgets') return 'only text fits in a tool result for this model';
  const { source, mediaType } = content.value;
  if (source?.$case !== 'data') return 'must be data in a tool result here';
  return mediaType === '' ? 'needs a media_type' : undefined;
}
