import { createHmac } from 'node:crypto';

/** What is signed. */
export interface SignedContent {
  /** Stays the same when the same is sent again. */
  readonly id: string;
  /** When it is sent, in seconds since 1970 UTC. */
  readonly timestampS: number;
  readonly body: string;
}

/** Headers of Standard Webhooks: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
export const webhookHeaders = ({ id, timestampS }: SignedContent): Record<string, string> => ({
  'webhook-id': id,
  'webhook-timestamp': String(timestampS),
});

/** The same with a signature by HMAC-SHA256. @param secret its bytes; where it is text `whsec_…`, those that it encodes */
export function signedHeaders(content: SignedContent, secret: Uint8Array): Record<string, string> {
  const { id, timestampS, body } = content;
  const signature = createHmac('sha256', keyOf(secret))
    .update(`${id}.${timestampS}.${body}`)
    .digest('base64');
  return { ...webhookHeaders(content), 'webhook-signature': `v1,${signature}` };
}

function keyOf(secret: Uint8Array): Uint8Array {
  const text = Buffer.from(secret).toString('utf8');
  return text.startsWith('whsec_') ? Buffer.from(text.slice('whsec_'.length), 'base64') : secret;
}
