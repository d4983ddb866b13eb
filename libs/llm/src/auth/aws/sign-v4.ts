import { createHash, createHmac } from 'node:crypto';
import type { SignableRequest } from '../authorization.ts';
import type { AwsScope } from './aws-scope.ts';

/** An access key. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of a temporary key. */
  readonly sessionToken: string | undefined;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';

/**
 * Signs requests by AWS Signature Version 4, and gives the headers that carry the signature. The path is encoded once more
 * than it is sent, as every service but S3 wants it. The key of a day is derived once.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function signerOf(
  credentials: AwsCredentials,
  scope: AwsScope,
): (request: SignableRequest) => Readonly<Record<string, string>> {
  let derived: { readonly day: string; readonly key: Buffer } = { day: '', key: Buffer.alloc(0) };
  return (request) => {
    const time = amzTime(request.wallMs);
    const day = time.slice(0, 8);
    if (derived.day !== day) derived = { day, key: deriveKey({ credentials, scope, day }) };
    return signedHeaders(request, { credentials, scope, time, key: derived.key });
  };
}

interface SigningContext {
  readonly credentials: AwsCredentials;
  readonly scope: AwsScope;
  /** "20150830T123600Z" */
  readonly time: string;
  /** Derived from the secret for this day, region and service. */
  readonly key: Buffer;
}

function signedHeaders(
  request: SignableRequest,
  { credentials: { accessKeyId, sessionToken }, scope, time, key }: SigningContext,
): Readonly<Record<string, string>> {
  const added: Record<string, string> = { 'x-amz-date': time };
  if (sessionToken !== undefined) added['x-amz-security-token'] = sessionToken;
  const { text, names } = canonicalRequest(request, { ...request.headers, ...added, host: request.host });
  const credentialScope = `${time.slice(0, 8)}/${scope.region}/${scope.service}/aws4_request`;
  const toSign = `${ALGORITHM}\n${time}\n${credentialScope}\n${sha256(text)}`;
  const signature = createHmac('sha256', key).update(toSign).digest('hex');
  added.authorization = `${ALGORITHM} Credential=${accessKeyId}/${credentialScope}, SignedHeaders=${names}, Signature=${signature}`;
  return added;
}

function canonicalRequest(
  { method, path, query, body }: SignableRequest,
  headers: Readonly<Record<string, string>>,
): { readonly text: string; readonly names: string } {
  const names = Object.keys(headers).sort();
  const lines = names.map((name) => `${name}:${(headers[name] ?? '').trim().replace(/ +/g, ' ')}\n`);
  const signed = names.join(';');
  const uri = path.split('/').map(encode).join('/') || '/';
  const text = `${method}\n${uri}\n${canonicalQuery(query)}\n${lines.join('')}\n${signed}\n${sha256(body)}`;
  return { text, names: signed };
}

/** Names and values are encoded once, whether they were before or not, and sorted by their code points. */
function canonicalQuery(query: string | undefined): string {
  if (query === undefined || query === '') return '';
  const pairs = query.split('&').map((pair) => {
    const [name = '', ...value] = pair.split('=');
    return `${encode(decode(name))}=${encode(decode(value.join('=')))}`;
  });
  return pairs.sort().join('&');
}

/** All but the unreserved characters of RFC 3986. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function deriveKey({
  credentials,
  scope,
  day,
}: {
  readonly credentials: AwsCredentials;
  readonly scope: AwsScope;
  readonly day: string;
}): Buffer {
  const steps = [day, scope.region, scope.service, 'aws4_request'];
  return steps.reduce(
    (key, step) => createHmac('sha256', key).update(step).digest(),
    Buffer.from(`AWS4${credentials.secretAccessKey}`),
  );
}

const sha256 = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex');

/** `20150830T123600Z` */
const amzTime = (wallMs: number): string => new Date(wallMs).toISOString().replace(/[-:]|\.\d{3}/g, '');
