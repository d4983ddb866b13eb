import {
  type CompleteRequest,
  type Media,
  ResponseFormat_Kind,
  Role,
  type Sampling,
  ToolChoice_Mode,
} from '@switchyard/contracts/routing';
import { unreachable } from '@switchyard/kernel';
import { findUnsupportedByModel } from '../check-traits.ts';
import { findUnsupportedPart, type PartPlace } from '../find-part.ts';
import { parseJsonObject } from '../json.ts';
import type { PartContent } from '../parts.ts';
import type { Unsupported } from '../unsupported.ts';
import type { EncodeInput } from '../wire-format.ts';
import { encodeModelFields } from './encode-reasoning.ts';
import { documentFormat, imageFormat } from './media-formats.ts';
import { familyOf } from './model-family.ts';

/** The first thing in a request that Converse cannot express; the rules are in the README beside this file. */
export function findUnsupportedInConverse(input: EncodeInput): Unsupported | undefined {
  const { request, traits } = input;
  return (
    findUnsupportedSampling(request.sampling) ??
    findUnsupportedByModel(request.sampling, traits) ??
    findUnsupportedFormat(request) ??
    findUnsupportedTools(request) ??
    findUnsupportedReasoning(input) ??
    findUnsupportedPart(request, checkPart)
  );
}

/** The family decides how reasoning is said, and a reasoning budget must be below the output's limit. */
export function variantOfConverse({ request, model, maxOutputTokens }: EncodeInput): string {
  const { reasoningEffort = '', reasoningBudgetTokens } = request.sampling ?? {};
  const reasons = reasoningEffort !== '' || reasoningBudgetTokens !== undefined;
  return reasons ? `${familyOf(model)} ${maxOutputTokens ?? ''}` : familyOf(model);
}

function findUnsupportedSampling(sampling: Sampling | undefined): Unsupported | undefined {
  if (sampling === undefined) return undefined;
  const { temperature = 0, frequencyPenalty = 0, presencePenalty = 0, seed, stop } = sampling;
  const unknown = 'is not known here';
  if (temperature > 1) return { field: 'sampling.temperature', description: 'may be 1 at most here' };
  if (frequencyPenalty !== 0) return { field: 'sampling.frequency_penalty', description: unknown };
  if (presencePenalty !== 0) return { field: 'sampling.presence_penalty', description: unknown };
  if (seed !== undefined) return { field: 'sampling.seed', description: unknown };
  return stop.includes('')
    ? { field: 'sampling.stop', description: 'may not hold an empty text' }
    : undefined;
}

function findUnsupportedFormat({ responseFormat }: CompleteRequest): Unsupported | undefined {
  if (responseFormat?.kind !== ResponseFormat_Kind.JSON_OBJECT) return undefined;
  const description = 'must be a JSON schema here: there is no plain JSON mode';
  return { field: 'response_format.kind', description };
}

function findUnsupportedTools(request: CompleteRequest): Unsupported | undefined {
  const { tools, toolChoice, parallelToolCalls } = request;
  const mode = toolChoice?.mode;
  const isForced = mode === ToolChoice_Mode.REQUIRED || mode === ToolChoice_Mode.NAMED;
  if (tools.length === 0) {
    if (isForced) return { field: 'tool_choice', description: 'needs tools' };
    return holdsCalls(request)
      ? { field: 'tools', description: 'are needed here while the conversation holds calls of them' }
      : undefined;
  }
  if (parallelToolCalls === false)
    return { field: 'parallel_tool_calls', description: 'cannot be turned off here' };
  // There is no such mode: the tools are left out instead, which a conversation with calls does not allow.
  return mode === ToolChoice_Mode.NONE && holdsCalls(request)
    ? { field: 'tool_choice', description: 'cannot be none here while the conversation holds calls' }
    : undefined;
}

const holdsCalls = ({ messages }: CompleteRequest): boolean =>
  messages.some(({ parts }) =>
    parts.some(({ content }) => content?.$case === 'toolCall' || content?.$case === 'toolResult'),
  );

function findUnsupportedReasoning(input: EncodeInput): Unsupported | undefined {
  const { sampling, toolChoice } = input.request;
  const { reasoningEffort = '', reasoningBudgetTokens, temperature = 1 } = sampling ?? {};
  const encoded = encodeModelFields(input);
  if (!encoded.ok) return encoded.error;
  const reasons = reasoningBudgetTokens !== undefined || !['', 'none'].includes(reasoningEffort);
  if (!reasons || familyOf(input.model) !== 'claude') return undefined;
  const mode = toolChoice?.mode;
  if (mode === ToolChoice_Mode.REQUIRED || mode === ToolChoice_Mode.NAMED)
    return { field: 'tool_choice', description: 'cannot be forced while reasoning' };
  if (temperature === 1) return undefined;
  return { field: 'sampling.temperature', description: 'must be 1 or unset while reasoning' };
}

function checkPart(content: PartContent, { role, within }: PartPlace): string | undefined {
  const isUsers = role === Role.USER || within === 'tool_result';
  if (role === Role.TOOL && within === 'message' && content.$case !== 'toolResult')
    return 'only tool results fit in a tool message';
  switch (content.$case) {
    case 'text':
      return role === Role.USER && within === 'message' && content.value.trim() === ''
        ? 'may not be empty here'
        : undefined;
    case 'audio':
      return 'is not known here';
    case 'image':
    case 'file':
      return isUsers ? checkMedia(content.$case, content.value) : 'only fits in a user message here';
    case 'toolCall':
      if (role !== Role.ASSISTANT) return 'only fits in an assistant message';
      return content.value.argumentsJson === '' || parseJsonObject(content.value.argumentsJson) !== undefined
        ? undefined
        : 'has arguments that are no JSON object of reasonable depth';
    case 'reasoning':
    case 'refusal':
      return role === Role.ASSISTANT ? undefined : 'only fits in an assistant message';
    case 'toolResult':
      return within === 'message' && (role === Role.TOOL || role === Role.USER)
        ? undefined
        : 'only fits in a tool or user message';
    default:
      return unreachable(content);
  }
}

/** Media come as bytes, or lie in S3. */
function checkMedia(kind: 'image' | 'file', media: Media): string | undefined {
  const { source } = media;
  if (source === undefined) return 'has no data or url';
  if (source.$case === 'fileId') return 'must be data or an s3:// url here';
  if (source.$case === 'url' && !source.value.startsWith('s3://')) return 'must be data or an s3:// url here';
  if (kind === 'image')
    return imageFormat(media) === undefined
      ? 'must be image/png, image/jpeg, image/gif or image/webp'
      : undefined;
  return documentFormat(media) === undefined
    ? 'must be a PDF, a text, CSV, HTML, Markdown, Word or Excel document here'
    : undefined;
}
