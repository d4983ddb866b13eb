import type { Result } from '@switchyard/kernel';
import {
  type Authorization,
  type DecodedResponse,
  type EncodeInput,
  type HttpAnswer,
  type ProviderError,
  readAccessToken,
  readKey,
  type StreamEvent,
  type TokenGrant,
  type WireFormat,
} from '@switchyard/llm';
import { type Dispatcher, request } from 'undici';

/** A wire format and where its provider is. */
export interface Target {
  readonly format: WireFormat;
  /** As a provider's base URL is configured. */
  readonly baseUrl: string;
  readonly key: string;
}

/** Sends exactly what the format encodes, and gives the whole answer decoded. */
export async function callOnce(
  target: Target,
  input: Omit<EncodeInput, 'stream'>,
): Promise<Result<DecodedResponse, ProviderError>> {
  const answer = await send(target, { ...input, stream: false });
  return target.format.decodeResponse(await readWhole(answer));
}

/** The same as a stream, read as the bytes come; what the head or an error status say comes as an error event. */
export async function callForEvents(
  target: Target,
  input: Omit<EncodeInput, 'stream'>,
): Promise<StreamEvent[]> {
  const answer = await send(target, { ...input, stream: true });
  if (answer.statusCode >= 400) {
    return [{ kind: 'error', error: target.format.classifyError(await readWhole(answer)) }];
  }
  const wrong = target.format.checkStreamHead({ status: answer.statusCode, headers: answer.headers });
  if (wrong !== undefined) {
    await answer.body.dump();
    return [{ kind: 'error', error: wrong }];
  }
  const decoder = target.format.createStreamDecoder({ wallNowMs: Date.now() });
  const events: StreamEvent[] = [];
  for await (const chunk of answer.body) events.push(...decoder.push(chunk as Buffer));
  return [...events, ...decoder.end()];
}

async function send({ format, baseUrl, key }: Target, input: EncodeInput): Promise<Dispatcher.ResponseData> {
  const encoded = format.encodeRequest(input);
  if (!encoded.ok) throw new Error(`${encoded.error.field} ${encoded.error.description}`);
  const { path, query, headers, body } = encoded.value;
  const url = new URL(`${baseUrl}${path}${query === undefined ? '' : `?${query}`}`);
  const authorization = readKey({ style: format.authStyle, secret: key, host: url.host });
  if (!authorization.ok) throw new Error(authorization.error.description);
  const shown = await shownWith(authorization.value, {
    ...{ method: 'POST', host: url.host, path: url.pathname, query, headers, body },
    wallMs: Date.now(),
  });
  return request(url, { method: 'POST', headers: { ...headers, ...shown }, body });
}

async function readWhole({ statusCode, headers, body }: Dispatcher.ResponseData): Promise<HttpAnswer> {
  const bytes = Buffer.from(await body.arrayBuffer());
  return { status: statusCode, headers, body: bytes, wallNowMs: Date.now() };
}

async function shownWith(authorization: Authorization, request: Parameters<Signing['sign']>[0]) {
  switch (authorization.kind) {
    case 'fixed':
      return authorization.headers;
    case 'signed':
      return authorization.sign(request);
    case 'token':
      return exchanged(authorization.grant);
  }
}

/** An access token; one that nobody gave out, where it was refused. */
async function exchanged({ tokenUrl, form }: TokenGrant) {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const answer = await request(tokenUrl, { method: 'POST', headers, body: form(Date.now()) });
  const token = readAccessToken({ status: answer.statusCode, body: await answer.body.text() });
  if (!token.ok || token.value.authorization.kind !== 'fixed') return { authorization: 'Bearer none' };
  return token.value.authorization.headers;
}

type Signing = Extract<Authorization, { kind: 'signed' }>;
