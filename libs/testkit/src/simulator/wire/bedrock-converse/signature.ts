import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { KeySource, ReceivedSignature } from '../wire-format.ts';

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/,]+)\/(\d{8})\/([^/,]+)\/([^/,]+)\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;
/** How far the clocks of both sides may be apart. */
const MAX_SKEW_MS = 15 * 60_000;
const SERVICE = 'bedrock';

/**
 * The signature of a request by AWS Signature Version 4; undefined where there is none. Nothing of routing's own signing is used here, and AWS's client
 * tests it: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function readSignature(source: KeySource): ReceivedSignature | undefined {
  const match = AUTHORIZATION.exec(String(source.headers.authorization ?? ''));
  if (match === null) return undefined;
  const [, keyId = '', day = '', region = '', service = '', signedHeaders = '', signature = ''] = match;
  return {
    keyId,
    check(secret, body) {
      const time = String(source.headers['x-amz-date'] ?? '');
      const names = signedHeaders.split(';');
      if (service !== SERVICE || !time.startsWith(day)) return 'wrong';
      if (!names.includes('host') || !names.includes('x-amz-date')) return 'wrong';
      if (!(Math.abs(Date.now() - millisecondsOf(time)) <= MAX_SKEW_MS)) return 'expired';
      const scope = `${day}/${region}/${service}/aws4_request`;
      const canonical = digest(canonicalRequest({ source, names, body }));
      const key = ['AWS4', day, region, service, 'aws4_request'].reduce(
        (last, step, i) => (i === 0 ? Buffer.from(step + secret) : hmac(last, step)),
        Buffer.alloc(0) as Buffer,
      );
      const expected = hmac(key, ['AWS4-HMAC-SHA256', time, scope, canonical].join('\n'));
      return timingSafeEqual(expected, Buffer.from(signature, 'hex')) ? 'right' : 'wrong';
    },
  };
}

function canonicalRequest({
  source: { method, url, headers },
  names,
  body,
}: {
  readonly source: KeySource;
  readonly names: readonly string[];
  readonly body: string;
}): string {
  const [path = '', query = ''] = url.split('?', 2);
  const lines = names.map(
    (name) =>
      `${name}:${String(headers[name] ?? '')
        .trim()
        .replace(/ +/g, ' ')}`,
  );
  // The path as it came, encoded once more.
  const segments = path.split('/').map(percentEncoded);
  const pairs = query === '' ? [] : query.split('&').map((pair) => (pair.includes('=') ? pair : `${pair}=`));
  return [
    method,
    segments.join('/'),
    pairs.sort().join('&'),
    ...lines,
    '',
    names.join(';'),
    digest(body),
  ].join('\n');
}

const percentEncoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

/** `20150830T123600Z`; NaN for anything else. */
const millisecondsOf = (time: string): number =>
  Date.parse(time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
