import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Provider } from '../provider.ts';
import { readBody } from './read-body.ts';

/** Far more than any form. */
const MAX_FORM_BYTES = 64 * 1024;

/** Exchanges an assertion for an access token. */
export async function serveToken({
  req,
  res,
  provider,
}: {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly provider: Provider;
}): Promise<void> {
  const read = await readBody(req, MAX_FORM_BYTES);
  if (read.kind === 'gone') return;
  const form = read.kind === 'body' ? read.text : '';
  const { status, body } = provider.tokens.exchange(form, Date.now());
  res.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    'x-simulated-by': 'switchyard',
  });
  res.end(body);
}
