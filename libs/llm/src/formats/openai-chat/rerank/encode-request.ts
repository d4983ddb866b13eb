import type { RerankRequest } from '@switchyard/contracts/routing';
import { ok, type Result } from '@switchyard/kernel';
import type { PlainEncodeInput } from '../../../operations/operation-format.ts';
import type { EncodedRequest } from '../../http-message.ts';
import { passthroughFor } from '../../passthrough.ts';
import type { Unsupported } from '../../unsupported.ts';

/** Fields of the body that the canonical request decides. */
const RESERVED_FIELDS: ReadonlySet<string> = new Set([
  'model',
  'query',
  'documents',
  'top_n',
  'return_documents',
  'switchyard',
]);
const HEADERS = Object.freeze({ 'content-type': 'application/json' });

/** A canonical request as `POST /rerank`. */
export function encodeRerankRequest({
  request,
  model,
}: PlainEncodeInput<RerankRequest>): Result<EncodedRequest, Unsupported> {
  const passthrough = passthroughFor({ request, format: 'openai-chat', reserved: RESERVED_FIELDS });
  if (!passthrough.ok) return passthrough;
  const { query, documents, topN } = request;
  const body = {
    model,
    query,
    documents,
    top_n: topN,
    // The caller has them, and Jina sends them back unless told otherwise.
    return_documents: false,
    ...passthrough.value,
  };
  return ok({ path: '/rerank', query: undefined, headers: HEADERS, body: JSON.stringify(body) });
}
