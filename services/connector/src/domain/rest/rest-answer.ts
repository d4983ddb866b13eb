import { parseLosslessJson } from '../lossless-json.ts';
import { redactBytes, redactCutText, redactJson, redactText } from '../redact-secret.ts';

/** An answer as it came. */
export interface RawAnswer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** At most the limit's bytes. */
  readonly body: Buffer;
  /** Whether there was more. */
  readonly truncated: boolean;
}

/** Concern the connection, or hand out a session of the connector's own. */
const WITHHELD = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'set-cookie',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * The output of a call: `{"status", "headers", "body", "body_encoding", "truncated"}`.
 *
 * @param forms texts that the credential could come back by; replaced everywhere
 */
export function encodeRestAnswer(answer: RawAnswer, forms: readonly string[]): string {
  const { status, truncated } = answer;
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(answer.headers)) {
    if (value === undefined || WITHHELD.has(name)) continue;
    headers[redactText(name, forms)] = redactText(
      typeof value === 'string' ? value : value.join(', '),
      forms,
    );
  }
  return JSON.stringify({ status, headers, ...encodeBody(answer, forms), truncated });
}

/** As JSON where it is whole and says it is JSON, as text where it is UTF-8, else as base64. */
function encodeBody({ body, headers, truncated }: RawAnswer, forms: readonly string[]) {
  const text = decodeUtf8(body, truncated);
  if (text === undefined)
    return { body: redactBytes(body, forms).toString('base64'), body_encoding: 'base64' };
  if (!truncated && isJson(headers['content-type'])) {
    const parsed = parseLosslessJson(text);
    if (parsed.ok) return { body: redactJson(parsed.value, forms), body_encoding: 'json' };
  }
  return { body: truncated ? redactCutText(text, forms) : redactText(text, forms), body_encoding: 'text' };
}

/** Undefined where it is not UTF-8. A character that the limit cut apart is left out. */
function decodeUtf8(body: Buffer, truncated: boolean): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body, { stream: truncated });
  } catch {
    return undefined;
  }
}

function isJson(contentType: string | readonly string[] | undefined): boolean {
  return typeof contentType === 'string' && /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(contentType);
}
