import { EmbedPurpose, type EmbedRequest } from '@switchyard/contracts/routing';
import { err, ok, type Result } from '@switchyard/kernel';
import type { DecodedEmbeddings } from '../../operations/embed/decoded-embeddings.ts';
import { readVectors } from '../../operations/embed/read-vectors.ts';
import type { OperationFormat, PlainEncodeInput } from '../../operations/operation-format.ts';
import { successBody } from '../http-answer.ts';
import type { EncodedRequest, HttpAnswer } from '../http-message.ts';
import { arrayAt, countAt, type JsonObject, objectAt } from '../json.ts';
import { passthroughFor } from '../passthrough.ts';
import type { ProviderError } from '../provider-error.ts';
import type { Unsupported } from '../unsupported.ts';
import { classifyCohereError } from './classify-error.ts';

const HEADERS = Object.freeze({ 'content-type': 'application/json' });
const RESERVED: ReadonlySet<string> = new Set([
  'model',
  'texts',
  'images',
  'inputs',
  'input_type',
  'embedding_types',
  'output_dimension',
  'truncate',
]);
/** Texts of one call. */
const MAX_INPUTS = 96;

/** Every model from the third version on wants to be told; without a purpose it is what goes into a database, as with other vendors. */
const INPUT_TYPES: Readonly<Record<EmbedPurpose, string>> = {
  [EmbedPurpose.UNSPECIFIED]: 'search_document',
  [EmbedPurpose.QUERY]: 'search_query',
  [EmbedPurpose.DOCUMENT]: 'search_document',
  [EmbedPurpose.CLASSIFICATION]: 'classification',
  [EmbedPurpose.CLUSTERING]: 'clustering',
  [EmbedPurpose.UNRECOGNIZED]: 'search_document',
};

/** Cohere's embeddings. Source: https://docs.cohere.com/reference/embed */
export const embed: OperationFormat<'embed'> = Object.freeze({
  findUnsupported,
  encodeRequest,
  decodeResponse,
});

function findUnsupported({ request: { inputs } }: PlainEncodeInput<EmbedRequest>): Unsupported | undefined {
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

function encodeRequest(input: PlainEncodeInput<EmbedRequest>): Result<EncodedRequest, Unsupported> {
  const unsupported = findUnsupported(input);
  if (unsupported !== undefined) return err(unsupported);
  const { request, model } = input;
  const passthrough = passthroughFor({ request, format: 'cohere-v2', reserved: RESERVED });
  if (!passthrough.ok) return passthrough;
  const body = JSON.stringify({
    model,
    texts: request.inputs.map(({ content }) => content?.value),
    input_type: INPUT_TYPES[request.embedPurpose],
    embedding_types: ['float'],
    output_dimension: request.dimensions,
    // The default cuts a text that is too long, and nobody hears of it.
    truncate: 'NONE',
    ...passthrough.value,
  });
  return ok({ path: '/embed', query: undefined, headers: HEADERS, body });
}

function decodeResponse(
  answer: HttpAnswer,
  { inputs }: EmbedRequest,
): Result<DecodedEmbeddings, ProviderError> {
  if (answer.status !== 200) return err(classifyCohereError(answer));
  const body = successBody(answer);
  if (!body.ok) return body;
  const embeddings = readVectors(arrayAt(objectAt(body.value, 'embeddings') ?? {}, 'float'), inputs.length);
  if (!embeddings.ok) return embeddings;
  return ok({ embeddings: embeddings.value, usage: usageOf(body.value), providerModel: '' });
}

function usageOf(body: JsonObject): DecodedEmbeddings['usage'] {
  const billed = objectAt(objectAt(body, 'meta') ?? {}, 'billed_units');
  const inputTokens = countAt(billed, 'input_tokens');
  return inputTokens === undefined ? undefined : { inputTokens, outputTokens: 0, estimated: false };
}
