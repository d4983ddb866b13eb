import { type GenerateImagesRequest, Purpose } from '@switchyard/contracts/routing';
import { err, type FieldViolation, ok, type Result } from '@switchyard/kernel';
import { isObject } from '../../formats/json.ts';
import { decodePassthrough } from '../decode-passthrough.ts';
import { FieldReader, Violations } from '../field-reader.ts';
import type { CallerHeaders } from '../surface.ts';
import { readExtension } from '../switchyard/read-extension.ts';

/** A request for images, decoded. */
export interface ImagesBody {
  readonly request: GenerateImagesRequest;
}

const MAX_PROMPT_CHARACTERS = 64 * 1024;
const MAX_IMAGES = 10;
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

/** Turns the body of `POST /v1/images/generations` into the canonical request, or names every field that is wrong. */
export function decodeImagesBody(
  json: unknown,
  headers: CallerHeaders,
): Result<ImagesBody, FieldViolation[]> {
  if (!isObject(json)) return err([{ field: '(body)', description: 'must be a JSON object' }]);
  const violations = new Violations();
  const body = new FieldReader({ object: json, path: '', violations });
  if (body.boolean('stream') === true) body.refuse('stream', 'is not offered yet: ask without it');
  if ((body.integer('partial_images', { min: 0, max: 3 }) ?? 0) > 0)
    body.refuse('partial_images', 'is for streams, which are not offered yet');
  const passthroughJson = decodePassthrough(body, RESERVED_FIELDS);
  const request: GenerateImagesRequest = {
    model: body.requiredString('model', 256),
    prompt: body.requiredString('prompt', MAX_PROMPT_CHARACTERS),
    count: body.integer('n', { min: 1, max: MAX_IMAGES }),
    size: body.string('size', 32) ?? '',
    quality: body.string('quality', 32) ?? '',
    user: body.string('user', 256) ?? '',
    purpose: Purpose.UNSPECIFIED,
    passthroughJson,
    passthroughFormat: passthroughJson === '' ? '' : 'openai-chat',
    ...readExtension(body, headers, violations),
  };
  return violations.list.length === 0 ? ok({ request }) : err(violations.list);
}
