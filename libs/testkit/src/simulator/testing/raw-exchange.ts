import { type IncomingHttpHeaders, request } from 'node:http';
import type { WireRequest } from './dialects.ts';

/** What a caller without any SDK sees. */
export interface RawExchange {
  /** Undefined when the connection ended before the status line. */
  readonly status?: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly text: string;
  /** `whole`: HTTP says that the body is complete. `cut`: it ended early. `no-answer`: nothing came. */
  readonly ended: 'whole' | 'cut' | 'no-answer';
  /** Such as `ECONNRESET`. */
  readonly errorCode?: string;
  /** Sizes of the pieces in which the body arrived. */
  readonly pieces: readonly number[];
  readonly firstByteMs?: number;
  readonly totalMs: number;
}

/** Sends a request and reads the answer to its end, however it ends. Leaves `leaveAfterMs` after the request was sent, or with so many pieces of the body. */
export function exchange(
  baseUrl: string,
  sent: WireRequest & {
    readonly method?: string;
    readonly leaveAfterMs?: number;
    readonly leaveAfterPieces?: number;
  },
): Promise<RawExchange> {
  const startedMs = performance.now();
  const { promise, resolve } = Promise.withResolvers<RawExchange>();
  const seen: { status?: number; headers: IncomingHttpHeaders; errorCode?: string; firstByteMs?: number } = {
    headers: {},
  };
  const chunks: Buffer[] = [];
  const done = (ended: RawExchange['ended']) => {
    const body = Buffer.concat(chunks);
    const pieces = chunks.map((chunk) => chunk.length);
    resolve({ ...seen, body, text: body.toString(), ended, pieces, totalMs: performance.now() - startedMs });
  };
  const body = typeof sent.body === 'string' ? sent.body : JSON.stringify(sent.body);
  const req = request(
    `${baseUrl}${sent.path}`,
    { method: sent.method ?? 'POST', headers: sent.headers, agent: false },
    (res) => {
      if (res.statusCode !== undefined) seen.status = res.statusCode;
      seen.headers = res.headers;
      res.on('data', (chunk: Buffer) => {
        seen.firstByteMs ??= performance.now() - startedMs;
        chunks.push(chunk);
        if (chunks.length === sent.leaveAfterPieces) req.destroy();
      });
      res.on('error', (error: NodeJS.ErrnoException) => {
        if (error.code !== undefined) seen.errorCode = error.code;
      });
      res.on('close', () => done(res.complete ? 'whole' : 'cut'));
    },
  );
  req.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== undefined) seen.errorCode = error.code;
    if (seen.status === undefined) done('no-answer');
  });
  if (sent.leaveAfterMs !== undefined)
    req.once('finish', () => setTimeout(() => req.destroy(), sent.leaveAfterMs));
  req.end(sent.method === 'GET' ? undefined : body);
  return promise;
}

/** The `data:` payloads of an event stream, without the end mark. */
export function eventData(text: string): unknown[] {
  return text
    .split(/\r?\n/)
    .filter((line) => line.startsWith('data: ') && line !== 'data: [DONE]')
    .map((line) => JSON.parse(line.slice(6)));
}

/** Everything an iterable yields. */
export async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of source) items.push(item);
  return items;
}

/** Waits until something is so; fails after twenty seconds. */
export async function eventually(holds: () => boolean): Promise<void> {
  const untilMs = performance.now() + 20_000;
  while (!holds()) {
    if (performance.now() > untilMs) throw new Error(`never came true: ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
