import type { CacheControl, Media, Part, ToolResult } from '@switchyard/contracts/routing';
import { err, ok, type Result } from '@switchyard/kernel';
import { parseJsonObject } from '../json.ts';
import { invalidJsonObject } from '../json-schema.ts';
import { forFormat } from '../reasoning-origin.ts';
import type { Unsupported } from '../unsupported.ts';

/** A content block of the wire. */
export type WireBlock = Readonly<Record<string, unknown>>;

/**
 * A part as a content block; `undefined` for one that is left out: an empty text, and reasoning that this API did not
 * write. Expects a request in which nothing is unsupported; only arguments that are no JSON object are found here.
 */
export function encodePart(
  { content, cacheControl }: Part,
  field: string,
): Result<WireBlock | undefined, Unsupported> {
  const cache_control = encodeCacheControl(cacheControl);
  switch (content?.$case) {
    case 'text':
    case 'refusal':
      return ok(content.value === '' ? undefined : { type: 'text', text: content.value, cache_control });
    case 'image':
      return ok({ type: 'image', source: imageSource(content.value), cache_control });
    case 'file':
      return ok({ ...document(content.value), cache_control });
    case 'reasoning':
      return ok(thinkingBlock(content.value));
    case 'toolCall': {
      const { id, name, argumentsJson } = content.value;
      const input = argumentsJson === '' ? {} : parseJsonObject(argumentsJson);
      if (input === undefined) return err(invalidJsonObject(`${field}.tool_call.arguments_json`));
      return ok({ type: 'tool_use', id: wireId(id), name, input, cache_control });
    }
    case 'toolResult':
      return ok({ ...toolResult(content.value), cache_control });
    default:
      return ok(undefined);
  }
}

/** A mark for the prompt cache. */
export function encodeCacheControl(mark: CacheControl | undefined): object | undefined {
  if (mark === undefined) return undefined;
  return mark.ttlSeconds >= 3600 ? { type: 'ephemeral', ttl: '1h' } : { type: 'ephemeral' };
}

function thinkingBlock({
  text,
  signature,
  redactedData,
}: {
  text: string;
  signature: string;
  redactedData: string;
}) {
  const data = forFormat('anthropic-messages', redactedData);
  if (data !== undefined) return { type: 'redacted_thinking', data };
  const signed = forFormat('anthropic-messages', signature);
  return signed === undefined ? undefined : { type: 'thinking', thinking: text, signature: signed };
}

function toolResult({ toolCallId, parts, isError }: ToolResult): WireBlock {
  const content: WireBlock[] = [];
  for (const part of parts) {
    const block = encodePart(part, '');
    if (block.ok && block.value !== undefined) content.push(block.value);
  }
  return {
    type: 'tool_result',
    tool_use_id: wireId(toolCallId),
    content,
    is_error: isError ? true : undefined,
  };
}

function imageSource({ source, mediaType }: Media): object | undefined {
  switch (source?.$case) {
    case 'data':
      return { type: 'base64', media_type: mediaType, data: source.value.toString('base64') };
    case 'url':
      return { type: 'url', url: source.value };
    case 'fileId':
      return { type: 'file', file_id: source.value };
    default:
      return undefined;
  }
}

function document(media: Media): WireBlock {
  const { source, mediaType, filename } = media;
  const title = filename === '' ? undefined : filename;
  if (source?.$case === 'data' && mediaType.startsWith('text/')) {
    const text = { type: 'text', media_type: 'text/plain', data: source.value.toString('utf8') };
    return { type: 'document', source: text, title };
  }
  return { type: 'document', source: imageSource(media), title };
}

/** Ids may hold A-Z a-z 0-9 _ - only here; others' are written the same way in calls and results, so they still match. */
function wireId(id: string): string {
  return id.replace(/[^A-Za-z0-9_-]/g, '_');
}
