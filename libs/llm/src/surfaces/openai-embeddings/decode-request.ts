import { type EmbedInput, EmbedPurpose, type EmbedRequest, Purpose } from '@switchyard/contracts/routing';
import { err, type FieldViolation, ok, type Result } from '@switchyard/kernel';
import { isObject } from '../../formats/json.ts';
import { decodePassthrough } from '../decode-passthrough.ts';
import { FieldReader, Violations } from '../field-reader.ts';
import type { CallerHeaders } from '../surface.ts';
import { readExtension } from '../switchyard/read-extension.ts';

/** A request for vectors, decoded. */
export interface EmbeddingsRequest {
  readonly request: EmbedRequest;
  /** How each vector is written: as numbers, or as the base64 of its 32-bit floats, little endian. */
  readonly encoding: 'float' | 'base64';
}

const ENCODINGS = ['float', 'base64'] as const;
const MAX_INPUTS = 2_048;
const MAX_CHARACTERS = 1024 * 1024;
const MAX_TOKENS = 100_000;
const MAX_TOKEN = 0xffff_ffff;
const MAX_DIMENSIONS = 65_536;
const RESERVED_FIELDS: ReadonlySet<string> = new Set([
  'model',
  'input',
  'dimensions',
  'encoding_format',
  'user',
  'switchyard',
]);

/** Turns the body of `POST /v1/embeddings` into the canonical request, or names every field that is wrong. */
export function decodeEmbeddingsRequest(
  json: unknown,
  headers: CallerHeaders,
): Result<EmbeddingsRequest, FieldViolation[]> {
  if (!isObject(json)) return err([{ field: '(body)', description: 'must be a JSON object' }]);
  const violations = new Violations();
  const body = new FieldReader({ object: json, path: '', violations });
  const passthroughJson = decodePassthrough(body, RESERVED_FIELDS);
  const decoded: EmbeddingsRequest = {
    request: {
      model: body.requiredString('model', 256),
      inputs: decodeInputs(body),
      dimensions: body.integer('dimensions', { min: 1, max: MAX_DIMENSIONS }),
      embedPurpose: EmbedPurpose.UNSPECIFIED,
      user: body.string('user', 256) ?? '',
      purpose: Purpose.UNSPECIFIED,
      passthroughJson,
      passthroughFormat: passthroughJson === '' ? '' : 'openai-chat',
      ...readExtension(body, headers, violations),
    },
    encoding: body.oneOf('encoding_format', ENCODINGS) ?? 'float',
  };
  return violations.list.length === 0 ? ok(decoded) : err(violations.list);
}

/** One text, several, one list of tokens, or several. */
function decodeInputs(body: FieldReader): EmbedInput[] {
  const { input } = body.object;
  if (typeof input === 'string') return inputAt(body, { value: input, path: 'input' });
  if (!Array.isArray(input) || input.length === 0) {
    body.refuse('input', 'is required: a text, a list of tokens, or a list of either');
    return [];
  }
  if (isTokens(input)) return inputAt(body, { value: input, path: 'input' });
  const list = body.list('input', MAX_INPUTS);
  return list.flatMap((value, index) => inputAt(body, { value, path: `input[${index}]` }));
}

const isTokens = (value: unknown): value is number[] =>
  Array.isArray(value) && value.length > 0 && typeof value[0] === 'number';

function inputAt(
  body: FieldReader,
  { value, path }: { readonly value: unknown; readonly path: string },
): EmbedInput[] {
  if (typeof value === 'string') {
    if (value !== '' && value.length <= MAX_CHARACTERS) return [{ content: { $case: 'text', value } }];
    body.refuse(path, `must have 1 to ${MAX_CHARACTERS} characters`);
    return [];
  }
  if (isTokens(value) && value.length <= MAX_TOKENS && value.every(isToken))
    return [{ content: { $case: 'tokens', value: { tokens: value } } }];
  body.refuse(path, `must be a text or a list of 1 to ${MAX_TOKENS} tokens`);
  return [];
}

const isToken = (token: unknown): boolean =>
  Number.isInteger(token) && (token as number) >= 0 && (token as number) <= MAX_TOKEN;
