import type { GenerateImagesRequest } from '@switchyard/contracts/routing';
import { err, ok, type Result } from '@switchyard/kernel';
import type { PlainEncodeInput } from '../../../operations/operation-format.ts';
import type { EncodedRequest } from '../../http-message.ts';
import { passthroughFor } from '../../passthrough.ts';
import type { Unsupported } from '../../unsupported.ts';

const HEADERS = Object.freeze({ 'content-type': 'application/json' });
const RESERVED_FIELDS: ReadonlySet<string> = new Set(['instances', 'parameters']);
/** Images of one `predict`. */
const MAX_IMAGES = 4;
const DEFAULT_SIZES: ReadonlySet<string> = new Set(['', 'auto', '1024x1024']);
const DEFAULT_QUALITIES: ReadonlySet<string> = new Set(['', 'auto', 'standard']);

/** The first thing in a request that Imagen's `predict` cannot express: it makes squares of one quality. */
export function findUnsupportedInDraw({
  request: { count = 1, size, quality },
}: PlainEncodeInput<GenerateImagesRequest>): Unsupported | undefined {
  if (count > MAX_IMAGES)
    return {
      field: 'count',
      description: `may be ${MAX_IMAGES} at most here; ask for them in several requests`,
    };
  if (!DEFAULT_SIZES.has(size)) return { field: 'size', description: 'may only be 1024x1024 here' };
  if (DEFAULT_QUALITIES.has(quality)) return undefined;
  return { field: 'quality', description: 'is not known here; leave it out' };
}

/** A canonical request as `POST /models/{model}:predict`. */
export function encodeDrawRequest(
  input: PlainEncodeInput<GenerateImagesRequest>,
): Result<EncodedRequest, Unsupported> {
  const unsupported = findUnsupportedInDraw(input);
  if (unsupported !== undefined) return err(unsupported);
  const model = input.model.replace(/^models\//, '');
  // Gemini's own models make images in a conversation, by another call.
  if (!model.startsWith('imagen'))
    return err({ field: 'model', description: 'makes images in chats only; ask for an Imagen model' });
  const { request } = input;
  const passthrough = passthroughFor({ request, format: 'gemini', reserved: RESERVED_FIELDS });
  if (!passthrough.ok) return passthrough;
  const { prompt, count = 1 } = request;
  const body = { instances: [{ prompt }], parameters: { sampleCount: count }, ...passthrough.value };
  return ok({
    path: `/models/${encodeURIComponent(model)}:predict`,
    query: undefined,
    headers: HEADERS,
    body: JSON.stringify(body),
  });
}
