import type { EmbedRequest } from '@switchyard/contracts/routing';
import { err, ok, type Result } from '@switchyard/kernel';
import type { DecodedEmbeddings } from '../../../operations/embed/decoded-embeddings.ts';
import { readVectors } from '../../../operations/embed/read-vectors.ts';
import { successBody } from '../../http-answer.ts';
import type { HttpAnswer } from '../../http-message.ts';
import { arrayAt, isObject } from '../../json.ts';
import type { ProviderError } from '../../provider-error.ts';
import { classifyGeminiError } from '../classify-error.ts';

/** A whole answer of `batchEmbedContents`, which does not say what was used. */
export function decodeEmbedResponse(
  answer: HttpAnswer,
  { inputs }: EmbedRequest,
): Result<DecodedEmbeddings, ProviderError> {
  if (answer.status !== 200) return err(classifyGeminiError(answer));
  const body = successBody(answer);
  if (!body.ok) return body;
  const vectors = arrayAt(body.value, 'embeddings').map((entry) =>
    isObject(entry) ? entry.values : undefined,
  );
  const embeddings = readVectors(vectors, inputs.length);
  return embeddings.ok
    ? ok({ embeddings: embeddings.value, usage: undefined, providerModel: '' })
    : embeddings;
}
