import type { EmbedRequest, Usage } from '@switchyard/contracts/routing';
import { err, ok, type Result } from '@switchyard/kernel';
import type { DecodedEmbeddings } from '../../../operations/embed/decoded-embeddings.ts';
import { readVectors } from '../../../operations/embed/read-vectors.ts';
import type { HttpAnswer } from '../../http-message.ts';
import { arrayAt, countAt, isObject, type JsonObject, objectAt, stringAt } from '../../json.ts';
import { invalidResponse, type ProviderError } from '../../provider-error.ts';
import { plainBody } from '../plain-body.ts';

/** A whole answer of `POST /embeddings`. */
export function decodeEmbedResponse(
  answer: HttpAnswer,
  { inputs }: EmbedRequest,
): Result<DecodedEmbeddings, ProviderError> {
  const body = plainBody(answer);
  if (!body.ok) return body;
  const listed = inOrder(arrayAt(body.value, 'data'));
  if (listed === undefined)
    return err(invalidResponse('a vector of the answer has no index of its own', 200));
  const embeddings = readVectors(listed, inputs.length);
  if (!embeddings.ok) return embeddings;
  return ok({
    embeddings: embeddings.value,
    usage: decodeEmbedUsage(objectAt(body.value, 'usage')),
    providerModel: stringAt(body.value, 'model') ?? '',
  });
}

/** Vectors by their `index`, which some vendors do not list in order; undefined where two have the same, or one none. */
function inOrder(data: readonly unknown[]): unknown[] | undefined {
  const vectors = new Map<number, unknown>();
  for (const entry of data) {
    const index = isObject(entry) ? countAt(entry, 'index') : undefined;
    if (index === undefined || index >= data.length) return undefined;
    vectors.set(index, (entry as JsonObject).embedding);
  }
  if (vectors.size !== data.length) return undefined;
  return data.map((_, index) => vectors.get(index));
}

/** Nothing is written, so there is no output. */
function decodeEmbedUsage(usage: JsonObject | undefined): Usage | undefined {
  const inputTokens = countAt(usage, 'prompt_tokens') ?? countAt(usage, 'total_tokens');
  if (inputTokens === undefined) return undefined;
  return {
    inputTokens,
    cacheReadTokens: undefined,
    cacheWriteTokens: undefined,
    cacheWrite1hTokens: undefined,
    outputTokens: 0,
    reasoningTokens: undefined,
    inputAudioTokens: undefined,
    outputAudioTokens: undefined,
    estimated: false,
  };
}
