import type { GenerateImagesRequest } from '@switchyard/contracts/routing';
import { ok, type Result } from '@switchyard/kernel';
import type { PlainEncodeInput } from '../../../operations/operation-format.ts';
import type { EncodedRequest } from '../../http-message.ts';
import { passthroughFor } from '../../passthrough.ts';
import type { Unsupported } from '../../unsupported.ts';

/** Fields of the body that the canonical request decides. */
const RESERVED_FIELDS: ReadonlySet<string> = new Set([
  'model',
  'prompt',
  'n',
  'size',
  'quality',
  'user',
  'stream',
  'partial_images',
  'switchyard',
]);
const HEADERS = Object.freeze({ 'content-type': 'application/json' });

/** A canonical request as `POST /images/generations`. */
export function encodeDrawRequest({
  request,
  model,
  dialect,
}: PlainEncodeInput<GenerateImagesRequest>): Result<EncodedRequest, Unsupported> {
  const passthrough = passthroughFor({ request, format: 'openai-chat', reserved: RESERVED_FIELDS });
  if (!passthrough.ok) return passthrough;
  const { prompt, count, size, quality, user } = request;
  const body = {
    model,
    prompt,
    n: count,
    size: size || undefined,
    quality: quality || undefined,
    user: dialect?.user === 'unknown' ? undefined : user || undefined,
    ...passthrough.value,
  };
  return ok({ path: '/images/generations', query: undefined, headers: HEADERS, body: JSON.stringify(body) });
}
