import type { ErrorClass } from '../error-classes.ts';
import { type JsonObject, objectAt, stringAt } from '../json.ts';
import { classifyChatErrorBody } from '../openai-chat/classify-error.ts';
import { type ProviderError, providerError } from '../provider-error.ts';

/** Codes of `response.error` that only this API has. Source: API description, schema ResponseErrorCode. */
const REQUEST_CODES: ReadonlySet<string> = new Set([
  'invalid_prompt',
  'invalid_image',
  'invalid_image_format',
  'invalid_base64_image',
  'invalid_image_url',
  'image_too_large',
  'image_too_small',
  'image_parse_error',
  'invalid_image_mode',
  'image_file_too_large',
  'unsupported_image_media_type',
  'empty_image_file',
  'failed_to_download_image',
  'image_file_not_found',
]);

/** What `{code, message}` means, of a response that failed or of an `error` event; both come with status 200. */
export function classifyFailure(error: JsonObject): ProviderError {
  const code = stringAt(error, 'code') ?? '';
  const known = classOf(code);
  if (known === undefined)
    return classifyChatErrorBody({ error }, { status: undefined, retryAfterMs: undefined });
  return providerError({ class: known, code, parameter: error.param, message: stringAt(error, 'message') });
}

/** An `error` event: flat by the API description, and seen with the object that HTTP errors have. */
export const classifyErrorEvent = (event: JsonObject): ProviderError =>
  classifyFailure(objectAt(event, 'error') ?? event);

function classOf(code: string): ErrorClass | undefined {
  if (code === 'image_content_policy_violation') return 'content_filter';
  if (code === 'vector_store_timeout') return 'timeout';
  return REQUEST_CODES.has(code) ? 'invalid_request' : undefined;
}
