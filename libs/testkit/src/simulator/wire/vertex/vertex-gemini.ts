import { readBearer } from '../bearer.ts';
import { gemini } from '../gemini/gemini.ts';
import type { RequestTarget, WireFormat, WireRoute } from '../wire-format.ts';
import { belowPublisher, TOKEN_PATH } from './vertex-address.ts';
import { vertexRefusal } from './vertex-errors.ts';

/** Gemini on Vertex AI: https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference */
export const vertexGemini: WireFormat = {
  ...gemini,
  name: 'vertex-gemini',
  route,
  readKey: readBearer,
  refusal: (problem, stamp) => vertexRefusal(problem) ?? gemini.refusal(problem, stamp),
};

function route(target: RequestTarget): WireRoute {
  if (target.path === TOKEN_PATH) return { kind: target.method === 'POST' ? 'token' : 'wrong-method' };
  const rest = belowPublisher(target, 'google');
  return rest === undefined ? { kind: 'not-found' } : gemini.route({ ...target, path: `/v1${rest}` });
}
