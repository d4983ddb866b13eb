import type { CompleteRequest, Media, Part } from '@switchyard/contracts/routing';

/** Tokens that a format adds around a message, a part, a tool; generous. */
const OVERHEAD = { request: 64, message: 16, part: 8, tool: 64 } as const;

/** Dearest picture of the formats: OpenAI's tiles at high detail in its small models. Source: OpenAI's guide on vision. */
const IMAGE_BOUND = 50_000;
/** A picture of usual size. */
const IMAGE_EXPECTED = 1_000;
/** UTF-8 bytes of one token of English text, as a rule of thumb. Source: OpenAI's tokenizer page. */
const BYTES_PER_TOKEN = 4;
/** Bytes of compressed sound for one token: 16 kbit/s at 32 tokens a second is the densest in use. */
const AUDIO_BYTES_PER_TOKEN = 64;

/** How the content of a request is counted. */
interface Counting {
  readonly text: (utf8Bytes: number) => number;
  readonly image: number;
  /** A sound or a document. */
  readonly media: (media: Media, kind: 'audio' | 'file') => number;
  readonly overhead: number;
}

const bounding: Counting = {
  // No tokenizer in use makes more than one token of a byte.
  text: (utf8Bytes) => utf8Bytes,
  image: IMAGE_BOUND,
  media: ({ source }) => (source?.$case === 'data' ? source.value.length : Number.POSITIVE_INFINITY),
  overhead: 1,
};

const expecting: Counting = {
  text: (utf8Bytes) => utf8Bytes / BYTES_PER_TOKEN,
  image: IMAGE_EXPECTED,
  media: ({ source }, kind) => {
    if (source?.$case !== 'data') return IMAGE_EXPECTED;
    return source.value.length / (kind === 'audio' ? AUDIO_BYTES_PER_TOKEN : BYTES_PER_TOKEN);
  },
  overhead: 0.25,
};

/**
 * Most input tokens that a request can become at any provider. `Infinity` where the content says nothing about it (a
 * document, a sound by URL): clamp it with the offering's context limit.
 */
export const boundInputTokens = (request: CompleteRequest): number => count(request, bounding);

/** Expected input tokens: for comparing candidates, not for holds. */
export const estimateInputTokens = (request: CompleteRequest): number => Math.ceil(count(request, expecting));

/** Expected tokens of a text of so many UTF-8 bytes: for streams that were cut before usage came. */
export const estimateTextTokens = (utf8Bytes: number): number => Math.ceil(utf8Bytes / BYTES_PER_TOKEN);

function count(request: CompleteRequest, counting: Counting): number {
  const { text, overhead } = counting;
  let tokens = OVERHEAD.request * overhead;
  for (const { parts, name } of request.messages) {
    tokens += OVERHEAD.message * overhead + text(Buffer.byteLength(name)) + countParts(parts, counting);
  }
  for (const { name, description, parametersJsonSchema } of request.tools) {
    tokens += OVERHEAD.tool * overhead + text(Buffer.byteLength(name + description + parametersJsonSchema));
  }
  return (
    tokens + text(Buffer.byteLength((request.responseFormat?.jsonSchema ?? '') + request.passthroughJson))
  );
}

function countParts(parts: readonly Part[], counting: Counting): number {
  let tokens = 0;
  for (const part of parts) tokens += OVERHEAD.part * counting.overhead + countPart(part, counting);
  return tokens;
}

function countPart({ content }: Part, counting: Counting): number {
  const text = (value: string) => counting.text(Buffer.byteLength(value));
  switch (content?.$case) {
    case undefined:
      return 0;
    case 'text':
    case 'refusal':
      return text(content.value);
    case 'image':
      return counting.image;
    case 'audio':
    case 'file':
      return counting.media(content.value, content.$case);
    case 'toolCall':
      return text(content.value.id + content.value.name + content.value.argumentsJson);
    case 'toolResult':
      return text(content.value.toolCallId + content.value.name) + countParts(content.value.parts, counting);
    case 'reasoning':
      return text(content.value.text + content.value.signature + content.value.redactedData);
  }
}
