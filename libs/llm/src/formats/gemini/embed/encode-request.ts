import { EmbedPurpose, type EmbedRequest } from '@switchyard/contracts/routing';
import { err, ok, type Result } from '@switchyard/kernel';
import type { PlainEncodeInput } from '../../../operations/operation-format.ts';
import type { EncodedRequest } from '../../http-message.ts';
import { passthroughFor } from '../../passthrough.ts';
import type { Unsupported } from '../../unsupported.ts';

const HEADERS = Object.freeze({ 'content-type': 'application/json' });
const RESERVED_FIELDS: ReadonlySet<string> = new Set(['requests']);
/** Texts of one `batchEmbedContents`. */
const MAX_INPUTS = 100;

const TASKS: Readonly<Record<EmbedPurpose, string | undefined>> = {
  [EmbedPurpose.UNSPECIFIED]: undefined,
  [EmbedPurpose.QUERY]: 'RETRIEVAL_QUERY',
  [EmbedPurpose.DOCUMENT]: 'RETRIEVAL_DOCUMENT',
  [EmbedPurpose.CLASSIFICATION]: 'CLASSIFICATION',
  [EmbedPurpose.CLUSTERING]: 'CLUSTERING',
  [EmbedPurpose.UNRECOGNIZED]: undefined,
};

/** The first thing in a request that `batchEmbedContents` cannot express. */
export function findUnsupportedInEmbed({
  request: { inputs },
}: PlainEncodeInput<EmbedRequest>): Unsupported | undefined {
  if (inputs.length > MAX_INPUTS)
    return {
      field: 'inputs',
      description: `may be ${MAX_INPUTS} at most here; send them in several requests`,
    };
  const tokens = inputs.findIndex(({ content }) => content?.$case === 'tokens');
  return tokens === -1
    ? undefined
    : { field: `inputs[${tokens}].tokens`, description: 'must be a text here' };
}

/** A canonical request as `POST /models/{model}:batchEmbedContents`. */
export function encodeEmbedRequest(
  input: PlainEncodeInput<EmbedRequest>,
): Result<EncodedRequest, Unsupported> {
  const unsupported = findUnsupportedInEmbed(input);
  if (unsupported !== undefined) return err(unsupported);
  const { request } = input;
  const passthrough = passthroughFor({ request, format: 'gemini', reserved: RESERVED_FIELDS });
  if (!passthrough.ok) return passthrough;
  const model = input.model.replace(/^models\//, '');
  const requests = request.inputs.map(({ content }) => ({
    model: `models/${model}`,
    content: { parts: [{ text: content?.value }] },
    taskType: TASKS[request.embedPurpose],
    outputDimensionality: request.dimensions,
  }));
  return ok({
    path: `/models/${encodeURIComponent(model)}:batchEmbedContents`,
    query: undefined,
    headers: HEADERS,
    body: JSON.stringify({ requests, ...passthrough.value }),
  });
}
