import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { invalidArgument, isDeepJson, MAX_JSON_TEXT_DEPTH, ServiceError } from '@switchyard/kernel';
import type { TakeBytes } from '@switchyard/service-kit';

/** Most bytes of a request's body. */
export const MAX_BODY_BYTES = 32 * 1024 * 1024;

/** Reads a body whole. @throws INVALID_ARGUMENT where it is compressed, BODY_TOO_LARGE as soon as it is clear, OVERLOADED where all requests together are too large */
export function readBody(request: IncomingMessage, take: TakeBytes): Promise<Buffer> {
  const encoding = request.headers['content-encoding'] || 'identity';
  if (encoding.toLowerCase() !== 'identity') return Promise.reject(compressed(encoding));
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > MAX_BODY_BYTES) return Promise.reject(tooLarge());
  const chunks: Buffer[] = [];
  let bytes = 0;
  // By events: to iterate over a stream costs more than all else of reading a small body.
  return new Promise((resolve, reject) => {
    const onData = (chunk: Buffer) => {
      bytes += chunk.length;
      try {
        if (bytes > MAX_BODY_BYTES) throw tooLarge();
        take(chunk.length);
        chunks.push(chunk);
      } catch (error) {
        // Whoever answers lets the rest pass.
        request.off('data', onData).pause();
        reject(error);
      }
    };
    request.on('data', onData);
    request.on('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
    request.on('error', reject);
  });
}

/** Reads a body as JSON. @throws INVALID_ARGUMENT where it is none */
export async function readJson(request: IncomingMessage, take: TakeBytes): Promise<unknown> {
  const body = await readBody(request, take);
  // Else what cannot be read would be asked for in other words than the caller's.
  if (!isUtf8(body)) throw invalidArgument({ field: '(body)', description: 'is not valid UTF-8' });
  const text = body.toString('utf8');
  if (isDeepJson(text))
    throw invalidArgument({
      field: '(body)',
      description: `is nested deeper than ${MAX_JSON_TEXT_DEPTH} levels`,
    });
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalidArgument({
      field: '(body)',
      description: `is not valid JSON: ${(error as Error).message.slice(0, 120)}`,
    });
  }
}

const compressed = (encoding: string) =>
  invalidArgument({
    field: '(body)',
    description: `is sent with content-encoding: ${encoding.slice(0, 40)}; send it uncompressed`,
  });

const tooLarge = () =>
  new ServiceError({
    reason: 'BODY_TOO_LARGE',
    code: 'RESOURCE_EXHAUSTED',
    publicMessage: `the body is larger than ${MAX_BODY_BYTES} bytes`,
    metadata: { max_bytes: String(MAX_BODY_BYTES) },
  });
