import { bracketPath, type ShapeProblem } from '../../shape/shape-problem.ts';
import { retryAfterHeaders } from '../retry-after.ts';
import type { AskedFailure, RequestProblem, Stamp, WireError } from '../wire-format.ts';

/** Texts of https://docs.cohere.com/reference/errors: an error has nothing else. */
const MESSAGE_OF_STATUS: Readonly<Record<number, string>> = {
  401: 'invalid api token',
  404: "model 'simulated' not found",
  429: 'You are past the per minute request limit, please wait and try again later.',
  500: 'internal server error',
  503: 'service unavailable',
};

/** A refusal in Cohere's words. */
export function cohereRefusal(problem: RequestProblem): WireError {
  switch (problem.kind) {
    case 'no-key':
      return wireError(401, 'no api key supplied');
    case 'wrong-key':
      return wireError(401, 'invalid api token');
    case 'not-found':
      return wireError(404, 'not found');
    case 'wrong-method':
      return wireError(405, 'method not allowed');
    case 'too-large':
      return wireError(413, 'request body too large');
    case 'not-json':
      return wireError(400, 'invalid request: invalid json syntax');
    case 'wrong-version':
      return wireError(400, 'invalid version');
    case 'shape':
      return wireError(400, shapeMessage(problem.problem));
    case 'rule':
      return wireError(400, problem.message);
    case 'unknown-model':
      return wireError(404, `model '${problem.model}' not found, make sure the correct model ID was used`);
    case 'context-exceeded':
      return wireError(
        400,
        `too many tokens: total number of tokens cannot exceed ${problem.limit}, received ${problem.tokens}`,
      );
    case 'reasoning-unsupported':
      return wireError(400, `thinking is not supported by model '${problem.model}'`);
    case 'reasoning-required':
      return wireError(400, `thinking cannot be disabled for model '${problem.model}'`);
    default:
      return problem satisfies never;
  }
}

/** An error that a fault asked for; its type is the text, as there is nothing else to tell errors by. */
export function cohereFailure(failure: AskedFailure, stamp: Stamp): WireError {
  const status = failure.status ?? 500;
  return {
    ...wireError(status, messageOf({ ...failure, status })),
    headers: retryAfterHeaders(failure.retryAfter, stamp.unixMs),
  };
}

/** The text alone, as of an answer that failed. */
export function cohereErrorFrame(failure: AskedFailure): string {
  return `data: ${JSON.stringify({ message: messageOf({ status: 500, ...failure }) })}\n\n`;
}

const messageOf = ({ status = 500, errorType, message }: AskedFailure): string =>
  message ?? errorType ?? MESSAGE_OF_STATUS[status] ?? `simulated error ${status}`;

const wireError = (status: number, message: string): WireError => ({
  status,
  body: JSON.stringify({ message }),
  headers: {},
});

function shapeMessage(problem: ShapeProblem): string {
  const field = bracketPath(problem.path);
  switch (problem.kind) {
    case 'missing':
      return `invalid request: ${field} is required`;
    case 'unknown':
      return `unknown field: parameter '${field}' is not a valid field`;
    case 'not-simulated':
      return `${field} is not simulated`;
    case 'choice':
      return `invalid request: ${field} must be one of ${problem.allowed.join(', ')}`;
    default:
      return `invalid request: ${field}`;
  }
}
