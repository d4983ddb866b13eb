import { decodeCountRequest, estimateInputTokens, messagesSurface } from '@switchyard/llm';
import { requirePermission } from '@switchyard/service-kit';
import { invalidFields } from '../errors.ts';
import { type HttpRoute, sendJson } from './http-call.ts';
import { readJson } from './read-body.ts';

/** `POST /v1/messages/count_tokens`: the input that routing expects, which is an estimate and says so. Nobody is called. */
export const countTokens: HttpRoute = {
  encodeError: messagesSurface.encodeError,
  answer: async ({ request, response, principal, take }) => {
    requirePermission(principal, 'routing.complete');
    const decoded = decodeCountRequest(await readJson(request, take), request.headers);
    if (!decoded.ok) throw invalidFields(decoded.error);
    const input_tokens = estimateInputTokens(decoded.value.request);
    sendJson(response, { status: 200, body: { input_tokens, switchyard: { estimated: true } } });
  },
};
