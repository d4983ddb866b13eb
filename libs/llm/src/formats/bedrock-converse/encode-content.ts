import type { CacheControl, Media, Part, Reasoning, ToolResult } from '@switchyard/contracts/routing';
import { parseJsonObject } from '../json.ts';
import { forFormat } from '../reasoning-origin.ts';
import { documentFormat, documentName, imageFormat } from './media-formats.ts';

/** A content block of the wire: an object with one field, which is its kind. */
export type WireBlock = Readonly<Record<string, unknown>>;

/**
 * A part as content blocks: none for an empty text and for reasoning that this API did not write, two where the part is
 * marked for the cache. Expects a request in which nothing is unsupported.
 */
export function encodePart({ content, cacheControl }: Part): WireBlock[] {
  const block = encodeContent(content);
  if (block === undefined) return [];
  return cacheControl === undefined || content?.$case === 'reasoning'
    ? [block]
    : [block, cachePoint(cacheControl)];
}

/** A mark for the prompt cache: what stands before it is kept. */
export const cachePoint = ({ ttlSeconds }: CacheControl): WireBlock => ({
  cachePoint: ttlSeconds >= 3_600 ? { type: 'default', ttl: '1h' } : { type: 'default' },
});

function encodeContent(content: Part['content']): WireBlock | undefined {
  switch (content?.$case) {
    case 'text':
    case 'refusal':
      return content.value.trim() === '' ? undefined : { text: content.value };
    case 'image':
      return { image: { format: imageFormat(content.value), source: sourceOf(content.value) } };
    case 'file':
      return {
        document: {
          format: documentFormat(content.value),
          name: documentName(content.value),
          source: sourceOf(content.value),
        },
      };
    case 'reasoning':
      return reasoningBlock(content.value);
    case 'toolCall': {
      const { id, name, argumentsJson } = content.value;
      return {
        toolUse: { toolUseId: wireId(id), name, input: parseJsonObject(argumentsJson) ?? {} },
      };
    }
    case 'toolResult':
      return toolResult(content.value);
    default:
      return undefined;
  }
}

function reasoningBlock({ text, signature, redactedData }: Reasoning): WireBlock | undefined {
  const redactedContent = forFormat('bedrock-converse', redactedData);
  if (redactedContent !== undefined) return { reasoningContent: { redactedContent } };
  const signed = forFormat('bedrock-converse', signature);
  return signed === undefined
    ? undefined
    : { reasoningContent: { reasoningText: { text, signature: signed } } };
}

/** A result of nothing is an empty text: the field may not be empty. */
function toolResult({ toolCallId, parts, isError }: ToolResult): WireBlock {
  const content = parts.flatMap((part) => encodeContent(part.content) ?? []);
  return {
    toolResult: {
      toolUseId: wireId(toolCallId),
      content: content.length === 0 ? [{ text: '' }] : content,
      status: isError ? 'error' : undefined,
    },
  };
}

function sourceOf({ source }: Media): object | undefined {
  if (source?.$case === 'data') return { bytes: source.value.toString('base64') };
  return source?.$case === 'url' ? { s3Location: { uri: source.value } } : undefined;
}

/** Ids may hold A-Z a-z 0-9 _ - and 64 characters only here; others' are written the same way in calls and results. */
const wireId = (id: string): string => id.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 64);
