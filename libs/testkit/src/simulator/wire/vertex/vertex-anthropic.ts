import { isJsonObject } from '../../shape/json-object.ts';
import { anthropicMessages } from '../anthropic-messages/anthropic-messages.ts';
import { readBearer } from '../bearer.ts';
import type { CallReading, CallSource, RequestTarget, WireFormat, WireRoute } from '../wire-format.ts';
import { belowPublisher, TOKEN_PATH } from './vertex-address.ts';
import { vertexRefusal } from './vertex-errors.ts';

const CALL = /^\/models\/([^/]+):(rawPredict|streamRawPredict)$/;
const VERSION = 'vertex-2023-10-16';

/** Claude on Vertex AI: https://platform.claude.com/docs/en/build-with-claude/claude-on-vertex-ai */
export const vertexAnthropic: WireFormat = {
  ...anthropicMessages,
  name: 'vertex-anthropic',
  route,
  readKey: readBearer,
  readCall,
  refusal: (problem, stamp) => vertexRefusal(problem) ?? anthropicMessages.refusal(problem, stamp),
};

function route(target: RequestTarget): WireRoute {
  if (target.path === TOKEN_PATH) return { kind: target.method === 'POST' ? 'token' : 'wrong-method' };
  const [, model, call] = CALL.exec(belowPublisher(target, 'anthropic') ?? '') ?? [];
  if (model === undefined) return { kind: 'not-found' };
  if (target.method !== 'POST') return { kind: 'wrong-method' };
  return { kind: 'generate', model, streaming: call === 'rawPredict' ? 'unary' : 'sse' };
}

/** The body of the Messages API with the version in it, and without the model. */
function readCall(source: CallSource): CallReading {
  const { model = '', streaming } = source.route;
  const known = { model, stream: streaming !== 'unary' };
  const { anthropic_version: version, ...body } = isJsonObject(source.body) ? source.body : {};
  if (version !== VERSION) return refused(`anthropic_version: must be "${VERSION}"`, known);
  if ('model' in body) return refused('model: Extra inputs are not permitted', known);
  if ((body.stream === true) !== known.stream)
    return refused('stream: must be true for streamRawPredict, and for it alone', known);
  const headers = { ...source.headers, 'anthropic-version': '2023-06-01' };
  return anthropicMessages.readCall({ ...source, headers, body: { ...body, model } });
}

const refused = (
  message: string,
  known: { readonly model: string; readonly stream: boolean },
): CallReading => ({
  kind: 'refused',
  problem: { kind: 'rule', message },
  ...known,
});
