import { type EmbeddingTest, failed, passed } from './provider-test.ts';

/** Does it turn two texts into two vectors of one length? */
export const embeddingsTest: EmbeddingTest = {
  name: 'embeddings',
  kind: 'embedding',
  needs: ['embeddings'],
  ask: {
    inputs: [
      { content: { $case: 'text', value: 'a red apple' } },
      { content: { $case: 'text', value: 'the open sea' } },
    ],
  },
  judge({ embeddings }) {
    const lengths = embeddings.map(({ values }) => values.length);
    if (lengths.length !== 2)
      return failed(
        `it gave ${lengths.length} vectors for 2 texts`,
        'take this model out of pools that need embeddings',
      );
    const [length = 0, other] = lengths;
    if (length === 0 || length !== other)
      return failed(
        `its vectors have ${lengths.join(' and ')} numbers`,
        'vectors of different lengths do not compare: take this model out of pools that need embeddings',
      );
    return passed(`${length} numbers each`);
  },
};
