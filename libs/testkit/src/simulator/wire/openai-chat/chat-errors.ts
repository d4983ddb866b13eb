import { retryAfterHeaders } from '../retry-after.ts';
import type { AskedFailure, RequestProblem, Stamp, WireError } from '../wire-format.ts';
import { chatShapeError, type ErrorDraft } from './chat-shape-error.ts';

/** OpenAI's error object. */
interface ChatError {
  readonly message: string;
  readonly type: string;
  readonly param: string | null;
  readonly code: string | null;
}

const NO_KEY =
  "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).";
const NOT_JSON =
  'We could not parse the JSON body of your request. (HINT: This likely means you aren’t using your HTTP library correctly. The OpenAI API expects a JSON payload, but what was sent was not valid JSON.)';

/** A refusal in OpenAI's words; status and codes as documented or seen. */
export function chatRefusal(problem: RequestProblem): WireError {
  switch (problem.kind) {
    case 'no-key':
      return refuse(401, { message: NO_KEY });
    case 'wrong-key':
      return refuse(401, {
        message: `Incorrect API key provided: ${problem.keyHint}. This provider is simulated: its configuration says which keys it takes.`,
        code: 'invalid_api_key',
      });
    case 'wrong-method': {
      const { method, path } = problem.target;
      const message = `Not allowed to ${method} on ${path}. (HINT: Perhaps you meant to use a different HTTP method?)`;
      return refuse(405, { message, code: 'method_not_supported' });
    }
    case 'not-found':
      return refuse(404, { message: `Invalid URL (${problem.target.method} ${problem.target.path})` });
    case 'too-large':
      return refuse(413, { message: `Request body is larger than ${problem.maxBytes} bytes.` });
    case 'unknown-model':
      return refuse(404, {
        message: `The model \`${problem.model}\` does not exist or you do not have access to it.`,
        code: 'model_not_found',
      });
    default:
      return refuse(400, draftFor(problem));
  }
}

type Refused = 'no-key' | 'wrong-key' | 'wrong-method' | 'not-found' | 'too-large' | 'unknown-model';

/** What is a 400. */
function draftFor(problem: Exclude<RequestProblem, { kind: Refused }>): ErrorDraft {
  switch (problem.kind) {
    case 'wrong-version':
      return { message: 'Wrong version.' };
    case 'not-json':
      return { message: NOT_JSON };
    case 'shape':
      return chatShapeError(problem.problem);
    case 'rule':
      return { message: problem.message, param: problem.field, code: problem.code };
    case 'context-exceeded':
      return {
        message: `This model's maximum context length is ${problem.limit} tokens. However, your messages resulted in ${problem.tokens} tokens. Please reduce the length of the messages.`,
        param: 'messages',
        code: 'context_length_exceeded',
      };
    case 'reasoning-unsupported':
      return {
        message: "Unsupported parameter: 'reasoning_effort' is not supported with this model.",
        param: 'reasoning_effort',
        code: 'unsupported_parameter',
      };
    case 'reasoning-required':
      return {
        message: "Unsupported value: 'reasoning_effort' does not support 'none' with this model.",
        param: 'reasoning_effort',
        code: 'unsupported_value',
      };
    default:
      return problem satisfies never;
  }
}

/** An error that a fault asked for. */
export function chatFailure(failure: AskedFailure, stamp: Stamp): WireError {
  const status = failure.status ?? statusOf(failure.errorType ?? 'server_error');
  return {
    status,
    body: JSON.stringify({ error: failureError({ ...failure, status }) }),
    headers: retryAfterHeaders(failure.retryAfter, stamp.unixMs),
  };
}

/** `data: {"error": …}`, as the real API ends a stream that fails. */
export function chatErrorFrame(failure: AskedFailure): string {
  const errorType = failure.errorType ?? 'server_error';
  const error = failureError({ ...failure, errorType, status: failure.status ?? statusOf(errorType) });
  return `data: ${JSON.stringify({ error })}\n\n`;
}

function failureError(failure: AskedFailure & { readonly status: number }): ChatError {
  const fallback = typeOf(failure.status);
  return {
    message: failure.message ?? fallback.message,
    type: failure.errorType ?? fallback.type,
    param: null,
    code: failure.errorType ?? fallback.code,
  };
}

function statusOf(errorType: string): number {
  if (errorType === 'rate_limit_exceeded' || errorType === 'insufficient_quota') return 429;
  if (errorType === 'invalid_request_error') return 400;
  return errorType === 'server_is_overloaded' ? 503 : 500;
}

function typeOf(status: number): { type: string; code: string | null; message: string } {
  if (status === 401) {
    return { type: 'invalid_request_error', code: 'invalid_api_key', message: 'Incorrect API key provided.' };
  }
  if (status === 429) {
    return {
      type: 'requests',
      code: 'rate_limit_exceeded',
      message: 'Rate limit reached for requests (simulated).',
    };
  }
  if (status < 500) {
    return { type: 'invalid_request_error', code: null, message: `Simulated error ${status}.` };
  }
  if (status === 503) {
    return {
      type: 'service_unavailable_error',
      code: 'server_is_overloaded',
      message: 'The engine is currently overloaded, please try again later (simulated).',
    };
  }
  return {
    type: 'server_error',
    code: null,
    message: 'The server had an error while processing your request. Sorry about that! (simulated)',
  };
}

function refuse(status: number, { message, param, code }: ErrorDraft): WireError {
  const error: ChatError = {
    message,
    type: 'invalid_request_error',
    param: param ?? null,
    code: code ?? null,
  };
  return { status, body: JSON.stringify({ error }), headers: {} };
}
