import { Purpose, type RerankRequest } from '@switchyard/contracts/routing';
import { err, type FieldViolation, ok, type Result } from '@switchyard/kernel';
import { isObject } from '../../formats/json.ts';
import { decodePassthrough } from '../decode-passthrough.ts';
import { FieldReader, Violations } from '../field-reader.ts';
import type { CallerHeaders } from '../surface.ts';
import { readExtension } from '../switchyard/read-extension.ts';

/** A request for a ranking, decoded. */
export interface RerankBody {
  readonly request: RerankRequest;
  /** Whether the documents are told with their places. Default: they are not. */
  readonly returnDocuments: boolean;
}

const MAX_QUERY_CHARACTERS = 64 * 1024;
const MAX_DOCUMENTS = 1_000;
const MAX_DOCUMENT_CHARACTERS = 1024 * 1024;
const RESERVED_FIELDS: ReadonlySet<string> = new Set([
  'model',
  'query',
  'documents',
  'top_n',
  'return_documents',
  'user',
  'switchyard',
]);

/** Turns the body of `POST /v1/rerank` into the canonical request, or names every field that is wrong. */
export function decodeRerankBody(
  json: unknown,
  headers: CallerHeaders,
): Result<RerankBody, FieldViolation[]> {
  if (!isObject(json)) return err([{ field: '(body)', description: 'must be a JSON object' }]);
  const violations = new Violations();
  const body = new FieldReader({ object: json, path: '', violations });
  const passthroughJson = decodePassthrough(body, RESERVED_FIELDS);
  const decoded: RerankBody = {
    request: {
      model: body.requiredString('model', 256),
      query: body.requiredString('query', MAX_QUERY_CHARACTERS),
      documents: decodeDocuments(body),
      topN: body.integer('top_n', { min: 1, max: MAX_DOCUMENTS }),
      user: body.string('user', 256) ?? '',
      purpose: Purpose.UNSPECIFIED,
      passthroughJson,
      passthroughFormat: passthroughJson === '' ? '' : 'openai-chat',
      ...readExtension(body, headers, violations),
    },
    returnDocuments: body.boolean('return_documents') ?? false,
  };
  return violations.list.length === 0 ? ok(decoded) : err(violations.list);
}

/** Texts, each by itself or as `{ text }`. */
function decodeDocuments(body: FieldReader): string[] {
  if (!body.has('documents')) {
    body.refuse('documents', 'is required: a list of texts');
    return [];
  }
  return body.list('documents', MAX_DOCUMENTS).map((document, index) => {
    const text = isObject(document) ? document.text : document;
    if (typeof text === 'string' && text !== '' && text.length <= MAX_DOCUMENT_CHARACTERS) return text;
    body.refuse(`documents[${index}]`, `must be a text of 1 to ${MAX_DOCUMENT_CHARACTERS} characters`);
    return '';
  });
}
