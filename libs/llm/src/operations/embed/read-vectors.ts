import type { Embedding } from '@switchyard/contracts/routing';
import { err, ok, type Result } from '@switchyard/kernel';
import { invalidResponse, type ProviderError } from '../../formats/provider-error.ts';

/**
 * Vectors as a provider lists them: one for each input, none empty, all of one length. Anything else would be stored under
 * the wrong input, and nobody would see it.
 *
 * @param vectors in the order of the inputs
 * @param wanted how many inputs there were
 */
export function readVectors(vectors: readonly unknown[], wanted: number): Result<Embedding[], ProviderError> {
  if (vectors.length !== wanted)
    return err(invalidResponse(`the answer has ${vectors.length} vectors for ${wanted} inputs`, 200));
  const embeddings: Embedding[] = [];
  const [first] = vectors;
  const length = Array.isArray(first) ? first.length : 0;
  for (const values of vectors) {
    if (!isVector(values) || values.length !== length)
      return err(
        invalidResponse('a vector of the answer is empty, no list of numbers, or of another length', 200),
      );
    embeddings.push({ values });
  }
  return ok(embeddings);
}

const isVector = (values: unknown): values is number[] =>
  Array.isArray(values) && values.length > 0 && values.every((value) => typeof value === 'number');
