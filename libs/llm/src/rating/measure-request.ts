import type { CompleteRequest, Media, Part } from '@switchyard/contracts/routing';
import { unreachable } from '@switchyard/kernel';

/** What in a request becomes input tokens. */
export interface RequestSize {
  /** UTF-8 bytes of text that is sent as it is. */
  textBytes: number;
  /** UTF-8 bytes of JSON that providers write in their own way: schemas, arguments of calls. */
  jsonBytes: number;
  messages: number;
  parts: number;
  tools: number;
  images: number;
  audioBytes: number;
  documentBytes: number;
  /** Sounds and documents that are elsewhere, and documents whose bytes say nothing about their tokens. */
  unmeasured: number;
}

/** Sizes up a request in one pass. */
export function measureRequest(request: CompleteRequest): RequestSize {
  const size: RequestSize = {
    textBytes: bytes(request.passthroughJson) + bytes(request.user),
    jsonBytes: bytes(request.responseFormat?.jsonSchema ?? ''),
    messages: request.messages.length,
    parts: 0,
    tools: request.tools.length,
    images: 0,
    audioBytes: 0,
    documentBytes: 0,
    unmeasured: 0,
  };
  for (const { name, description, parametersJsonSchema } of request.tools) {
    size.textBytes += bytes(name) + bytes(description);
    size.jsonBytes += bytes(parametersJsonSchema);
  }
  for (const message of request.messages) {
    size.textBytes += bytes(message.name);
    addParts(size, message.parts);
  }
  return size;
}

function addParts(size: RequestSize, parts: readonly Part[]): void {
  size.parts += parts.length;
  for (const { content } of parts) if (content !== undefined) addContent(size, content);
}

function addContent(size: RequestSize, content: NonNullable<Part['content']>): void {
  switch (content.$case) {
    case 'text':
    case 'refusal':
      size.textBytes += bytes(content.value);
      return;
    case 'reasoning':
      // A signature holds the thought it signs, encrypted: never fewer bytes than the thought has tokens.
      size.textBytes +=
        bytes(content.value.text) + content.value.signature.length + content.value.redactedData.length;
      return;
    case 'toolCall':
      size.textBytes += bytes(content.value.id) + bytes(content.value.name);
      size.jsonBytes += bytes(content.value.argumentsJson);
      return;
    case 'toolResult':
      size.textBytes += bytes(content.value.toolCallId) + bytes(content.value.name);
      addParts(size, content.value.parts);
      return;
    case 'image':
      size.images += 1;
      return;
    case 'audio':
      if (content.value.source?.$case === 'data') size.audioBytes += content.value.source.value.length;
      else size.unmeasured += 1;
      return;
    case 'file':
      addDocument(size, content.value);
      return;
    default:
      unreachable(content);
  }
}

/** Text becomes tokens byte by byte; the pages of a PDF do not show in its size. */
function addDocument(size: RequestSize, { source, mediaType, filename }: Media): void {
  size.textBytes += bytes(filename);
  const data = source?.$case === 'data' ? source.value.length : 0;
  if (source?.$case === 'data' && mediaType.startsWith('text/')) {
    size.textBytes += data;
    return;
  }
  size.documentBytes += data;
  size.unmeasured += 1;
}

function bytes(text: string): number {
  return text === '' ? 0 : Buffer.byteLength(text, 'utf8');
}
