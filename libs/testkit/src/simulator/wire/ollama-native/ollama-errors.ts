import { bracketPath, type ShapeProblem } from '../../shape/shape-problem.ts';
import { retryAfterHeaders } from '../retry-after.ts';
import type { AskedFailure, RequestProblem, Stamp, WireError } from '../wire-format.ts';

/** The server's own texts, https://github.com/ollama/ollama: an error has nothing else. */
const MESSAGE_OF_STATUS: Readonly<Record<number, string>> = {
  401: 'unauthorized',
  404: 'model not found, try pulling it first',
  429: 'too many requests',
  500: 'the model failed to generate a response',
  503: 'server busy, please try again.  maximum pending requests exceeded',
};

/** A refusal in Ollama's words. */
export function ollamaRefusal(problem: RequestProblem): WireError {
  switch (problem.kind) {
    case 'no-key':
    case 'wrong-key':
      return wireError(401, 'unauthorized');
    case 'not-found':
      return { status: 404, body: '404 page not found', headers: {} };
    case 'wrong-method':
      return { status: 405, body: '405 method not allowed', headers: {} };
    case 'too-large':
      return wireError(413, 'http: request body too large');
    case 'not-json':
      return wireError(400, 'invalid character in JSON body');
    case 'wrong-version':
      return wireError(400, 'wrong version');
    case 'shape':
      return wireError(400, shapeMessage(problem.problem));
    case 'rule':
      return wireError(400, problem.message);
    case 'unknown-model':
      return wireError(404, `model '${problem.model}' not found`);
    case 'context-exceeded':
      return wireError(400, 'the input length exceeds the context length');
    case 'reasoning-unsupported':
      return wireError(400, `"${problem.model}" does not support thinking`);
    case 'reasoning-required':
      return wireError(400, `"${problem.model}" does not support disabling thinking`);
    default:
      return problem satisfies never;
  }
}

/** An error that a fault asked for; its type is the text, as there is nothing else to tell errors by. */
export function ollamaFailure(failure: AskedFailure, stamp: Stamp): WireError {
  const status = failure.status ?? 500;
  return {
    ...wireError(status, messageOf({ ...failure, status })),
    headers: retryAfterHeaders(failure.retryAfter, stamp.unixMs),
  };
}

/** `{"error": …}` in a line of its own: https://docs.ollama.com/api/errors */
export function ollamaErrorFrame(failure: AskedFailure): string {
  return `${JSON.stringify({ error: messageOf({ status: 500, ...failure }) })}\n`;
}

function messageOf({ status = 500, errorType, message }: AskedFailure): string {
  return message ?? errorType ?? MESSAGE_OF_STATUS[status] ?? `simulated error ${status}`;
}

function wireError(status: number, message: string): WireError {
  return { status, body: JSON.stringify({ error: message }), headers: {} };
}

function shapeMessage(problem: ShapeProblem): string {
  const field = bracketPath(problem.path);
  switch (problem.kind) {
    case 'missing':
      return `${field} is required`;
    case 'unknown':
      return `json: unknown field "${field}"`;
    case 'not-simulated':
      return `${field} is not simulated`;
    case 'type':
      return `json: cannot unmarshal ${problem.got} into field ${field}`;
    case 'choice':
      return `invalid ${field}: "${problem.got}", must be one of ${problem.allowed.join(', ')}`;
    default:
      return `invalid ${field}`;
  }
}
