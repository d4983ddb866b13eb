import type { CacheControl, Media, Part } from '@switchyard/contracts/routing';
import { isDeeperThan, isObject, MAX_JSON_DEPTH } from '../../formats/json.ts';
import { type PartContent, reasoningPart, textPart, toolCallPart } from '../../formats/parts.ts';
import type { FieldReader } from '../field-reader.ts';
import { decodeSource } from './decode-source.ts';

/** Longest text in one string: what a request of 32 MiB can hold. */
export const MAX_TEXT_CHARACTERS = 32 * 1024 * 1024;
const MAX_BLOCKS = 1000;
const NO_CITATIONS = 'citations are not offered; leave them out';

/** Types of content blocks. */
export type BlockType =
  | 'text'
  | 'image'
  | 'document'
  | 'thinking'
  | 'redacted_thinking'
  | 'tool_use'
  | 'tool_result';

/** Fields of each type; `citations` and `caller` stand in what the API itself answers, and come back from clients. */
const FIELDS: Readonly<Record<BlockType, readonly string[]>> = {
  text: ['text', 'citations'],
  image: ['source'],
  document: ['source', 'title', 'citations'],
  thinking: ['thinking', 'signature'],
  redacted_thinking: ['data'],
  tool_use: ['id', 'name', 'input', 'caller'],
  tool_result: ['tool_use_id', 'content', 'is_error'],
};

/** A `content` or `system`: a string, or blocks of the types that may stand there. */
export function decodeBlocks(reader: FieldReader, name: string, types: readonly BlockType[]): Part[] {
  const value = reader.object[name];
  if (typeof value === 'string') {
    const text = reader.string(name, MAX_TEXT_CHARACTERS);
    return text === undefined ? [] : [textPart(text)];
  }
  if (Array.isArray(value))
    return reader.readers(name, MAX_BLOCKS).flatMap((block) => decodeBlock(block, types) ?? []);
  if (reader.has(name)) reader.refuse(name, 'must be a string or a list of content blocks');
  return [];
}

function decodeBlock(block: FieldReader, types: readonly BlockType[]): Part | undefined {
  const type = block.oneOf('type', types);
  if (type === undefined) return block.has('type') ? undefined : block.refuse('type', 'is required');
  block.refuseOthers(['type', 'cache_control', ...FIELDS[type]]);
  const part = decodeBlockOf(type, block);
  const cacheControl = decodeCacheControl(block);
  return part === undefined || cacheControl === undefined ? part : { ...part, cacheControl };
}

function decodeBlockOf(type: BlockType, block: FieldReader): Part | undefined {
  switch (type) {
    case 'text':
      if (block.list('citations', MAX_BLOCKS).length > 0) block.refuse('citations', NO_CITATIONS);
      return textPart(block.string('text', MAX_TEXT_CHARACTERS) ?? '');
    case 'image':
    case 'document':
      return decodeMedia(type, block);
    case 'thinking':
      return reasoningPart({
        text: block.string('thinking', MAX_TEXT_CHARACTERS) ?? '',
        signature: block.string('signature', MAX_TEXT_CHARACTERS) ?? '',
      });
    case 'redacted_thinking':
      return reasoningPart({ redactedData: block.requiredString('data', MAX_TEXT_CHARACTERS) });
    case 'tool_use':
      return decodeToolUse(block);
    case 'tool_result':
      return decodeToolResult(block);
  }
}

function decodeMedia(type: 'image' | 'document', block: FieldReader): Part | undefined {
  if (type === 'document' && block.reader('citations')?.boolean('enabled') === true)
    block.refuse('citations', NO_CITATIONS);
  const media: Media | undefined = decodeSource(block, type);
  if (media === undefined) return undefined;
  const $case = type === 'image' ? 'image' : 'file';
  return { content: { $case, value: media } as PartContent, cacheControl: undefined };
}

function decodeToolUse(block: FieldReader): Part {
  const input = block.object.input ?? {};
  if (!isObject(input)) block.refuse('input', 'must be an object');
  const isDeep = isDeeperThan(input, MAX_JSON_DEPTH);
  if (isDeep) block.refuse('input', `may be nested ${MAX_JSON_DEPTH} deep at most`);
  return toolCallPart({
    id: block.requiredString('id', 256),
    name: block.requiredString('name', 256),
    argumentsJson: isDeep ? '{}' : JSON.stringify(input),
  });
}

function decodeToolResult(block: FieldReader): Part {
  const value = {
    toolCallId: block.requiredString('tool_use_id', 256),
    parts: decodeBlocks(block, 'content', ['text', 'image', 'document']),
    isError: block.boolean('is_error') ?? false,
    name: '',
  };
  return { content: { $case: 'toolResult', value }, cacheControl: undefined };
}

/** `cache_control` of a block or a tool. */
export function decodeCacheControl(holder: FieldReader): CacheControl | undefined {
  const mark = holder.reader('cache_control');
  if (mark === undefined) return undefined;
  mark.oneOf('type', ['ephemeral']);
  return { ttlSeconds: mark.oneOf('ttl', ['5m', '1h']) === '1h' ? 3600 : 0 };
}
