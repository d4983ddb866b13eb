import { err, ok, type Result } from '@switchyard/kernel';
import { retryAfterFromHeaders } from '@switchyard/resilience';
import type { HttpAnswer, ResponseHeaders } from './http-message.ts';
import { isObject, type JsonObject, parseJson } from './json.ts';
import { invalidResponse, type ProviderError } from './provider-error.ts';

/** The first value of a header; `undefined` where it is absent. */
export function headerOf(headers: ResponseHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' || value === undefined ? value : value[0];
}

/** Whether the content type is this one, parameters apart. */
export function hasContentType(headers: ResponseHeaders, mediaType: string): boolean {
  const [type = ''] = (headerOf(headers, 'content-type') ?? '').split(';', 1);
  return type.trim().toLowerCase() === mediaType;
}

/** The delay that the headers ask for, in ms. */
export function retryAfterOf(headers: ResponseHeaders, wallNowMs: number): number | undefined {
  return retryAfterFromHeaders({
    retryAfterMs: headerOf(headers, 'retry-after-ms'),
    retryAfter: headerOf(headers, 'retry-after'),
    wallNowMs,
  });
}

/** The JSON object that a successful answer must be. */
export function successBody(answer: HttpAnswer): Result<JsonObject, ProviderError> {
  if (!hasContentType(answer.headers, 'application/json')) {
    return err(invalidResponse('the answer is not application/json', answer.status));
  }
  const body = parseJson(answer.body.toString('utf8'));
  return isObject(body) ? ok(body) : err(invalidResponse('the answer is not a JSON object', answer.status));
}

/** The JSON object that a failed answer may be; `undefined` for anything else, such as a proxy's HTML page. */
export function errorBody(answer: HttpAnswer): JsonObject | undefined {
  const body = parseJson(answer.body.toString('utf8'));
  // Gemini answers a failed stream with an array of one object.
  const first = Array.isArray(body) ? body[0] : body;
  return isObject(first) ? first : undefined;
}

/** The head of an answer. */
interface AnswerHead {
  readonly status: number;
  readonly headers: ResponseHeaders;
}

/** Whether the head of an answer begins a stream of server-sent events. */
export const checkEventStreamHead = (head: AnswerHead): ProviderError | undefined =>
  checkStreamType(head, 'text/event-stream');

/** Whether the head of an answer begins a stream of this content type. */
export function checkStreamType(head: AnswerHead, mediaType: string): ProviderError | undefined {
  if (head.status !== 200)
    return invalidResponse(`HTTP ${head.status} where a stream was asked for`, head.status);
  if (hasContentType(head.headers, mediaType)) return undefined;
  return invalidResponse(`the answer is not ${mediaType}`, head.status);
}
