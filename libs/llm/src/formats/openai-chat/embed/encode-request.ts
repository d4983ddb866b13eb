import { type EmbedInput, EmbedPurpose, type EmbedRequest } from '@switchyard/contracts/routing';
import { err, ok, type Result } from '@switchyard/kernel';
import type { PlainEncodeInput } from '../../../operations/operation-format.ts';
import type { EncodedRequest } from '../../http-message.ts';
import { passthroughFor } from '../../passthrough.ts';
import type { Unsupported } from '../../unsupported.ts';

/** Fields of the body that the canonical request decides. */
const RESERVED_FIELDS: ReadonlySet<string> = new Set([
  'model',
  'input',
  'dimensions',
  'encoding_format',
  'user',
  'switchyard',
]);
const HEADERS = Object.freeze({ 'content-type': 'application/json' });

/** The first thing in a request that `POST /embeddings` cannot express. */
export function findUnsupportedInEmbed({
  request: { embedPurpose, inputs },
}: PlainEncodeInput<EmbedRequest>): Unsupported | undefined {
  if (embedPurpose !== EmbedPurpose.UNSPECIFIED)
    return { field: 'embed_purpose', description: 'is not known here; leave it out' };
  const [first] = inputs;
  const other = inputs.findIndex(({ content }) => content?.$case !== first?.content?.$case);
  if (other === -1) return undefined;
  return {
    field: `inputs[${other}]`,
    description: 'must be of the same kind as the first: all texts, or all tokens',
  };
}

/** A canonical request as `POST /embeddings`. */
export function encodeEmbedRequest(
  input: PlainEncodeInput<EmbedRequest>,
): Result<EncodedRequest, Unsupported> {
  const unsupported = findUnsupportedInEmbed(input);
  if (unsupported !== undefined) return err(unsupported);
  const { request, model, dialect } = input;
  const passthrough = passthroughFor({ request, format: 'openai-chat', reserved: RESERVED_FIELDS });
  if (!passthrough.ok) return passthrough;
  const body = {
    model,
    input: request.inputs.map(encodeInput),
    dimensions: request.dimensions,
    // Not every compatible endpoint knows the denser base64.
    encoding_format: 'float',
    user: request.user === '' || dialect?.user === 'unknown' ? undefined : request.user,
    ...passthrough.value,
  };
  return ok({ path: '/embeddings', query: undefined, headers: HEADERS, body: JSON.stringify(body) });
}

const encodeInput = ({ content }: EmbedInput): string | readonly number[] =>
  content?.$case === 'tokens' ? content.value.tokens : (content?.value ?? '');
