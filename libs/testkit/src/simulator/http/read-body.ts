import type { IncomingMessage } from 'node:http';

/** A request's body, or why there is none. */
export type BodyReading =
  | { readonly kind: 'body'; readonly bytes: Buffer /** The same as UTF-8. */; readonly text: string }
  | { readonly kind: 'too-large' }
  /** The caller left before it had sent everything. */
  | { readonly kind: 'gone' };

/** Reads a body of at most `maxBytes`. */
export function readBody(req: IncomingMessage, maxBytes: number): Promise<BodyReading> {
  return new Promise((resolve) => {
    if (Number(req.headers['content-length'] ?? 0) > maxBytes) return resolve({ kind: 'too-large' });
    const chunks: Buffer[] = [];
    let bytes = 0;
    req.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= maxBytes) chunks.push(chunk);
      else resolve({ kind: 'too-large' });
    });
    req.once('end', () => {
      const only = chunks.length === 1 ? chunks[0] : undefined;
      const whole = only ?? Buffer.concat(chunks);
      resolve({ kind: 'body', bytes: whole, text: whole.toString('utf8') });
    });
    req.once('close', () => resolve({ kind: 'gone' }));
    req.once('error', () => resolve({ kind: 'gone' }));
  });
}
