import { err, type Result } from '@switchyard/kernel';
import { successBody } from '../http-answer.ts';
import type { HttpAnswer } from '../http-message.ts';
import { isObject, type JsonObject } from '../json.ts';
import type { ProviderError } from '../provider-error.ts';
import { classifyChatError, classifyChatErrorBody } from './classify-error.ts';

/** The JSON object of a good answer to work other than chats. Some vendors answer 200 with an error in it. */
export function plainBody(answer: HttpAnswer): Result<JsonObject, ProviderError> {
  if (answer.status !== 200) return err(classifyChatError(answer));
  const body = successBody(answer);
  if (!body.ok || !isObject(body.value.error)) return body;
  return err(classifyChatErrorBody(body.value, { status: undefined, retryAfterMs: undefined }));
}
