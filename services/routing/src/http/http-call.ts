import type { ServerResponse } from 'node:http';
import type { RawBody } from '@switchyard/llm';

export {
  type EncodeError,
  type HttpCall,
  type HttpRoute,
  type JsonAnswer,
  sendJson,
} from '@switchyard/service-kit';

/** Sends a body that is no JSON. */
export function sendRaw(
  response: ServerResponse,
  { body, headers }: { readonly body: RawBody; readonly headers: Readonly<Record<string, string>> },
): void {
  const { contentType, bytes } = body;
  response
    .writeHead(200, { 'content-type': contentType, 'content-length': bytes.length, ...headers })
    .end(bytes);
}
