import type { RequestProblem, WireError } from '../wire-format.ts';

/** What stands before every model refuses, in Google's words; undefined for what the model's own API refuses. */
export function vertexRefusal(problem: RequestProblem): WireError | undefined {
  switch (problem.kind) {
    case 'no-key':
    case 'wrong-key':
      return wireError(
        401,
        'UNAUTHENTICATED',
        'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.',
      );
    case 'not-found':
    case 'wrong-method':
      return wireError(
        404,
        'NOT_FOUND',
        `The requested URL ${problem.target.path} was not found on this server.`,
      );
    case 'unknown-model':
      return wireError(
        404,
        'NOT_FOUND',
        `Publisher Model \`${problem.model}\` was not found or your project does not have access to it.`,
      );
    default:
      return undefined;
  }
}

const wireError = (code: number, status: string, message: string): WireError => ({
  status: code,
  body: JSON.stringify({ error: { code, message, status } }),
  headers: {},
});
