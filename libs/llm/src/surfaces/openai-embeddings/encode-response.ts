import type { Embedding, EmbedResponse, Usage } from '@switchyard/contracts/routing';
import { encodeExtension } from '../switchyard/encode-extension.ts';
import type { EmbeddingsRequest } from './decode-request.ts';

/** The body of an answer of `POST /v1/embeddings`. */
export function encodeEmbeddingsResponse(
  response: EmbedResponse,
  { request, encoding }: EmbeddingsRequest,
): object {
  const encode = encoding === 'base64' ? base64Of : ({ values }: Embedding) => values;
  return {
    object: 'list',
    data: response.embeddings.map((embedding, index) => ({
      object: 'embedding',
      index,
      embedding: encode(embedding),
    })),
    model: request.model,
    usage: encodeUsage(response.usage),
    switchyard: encodeExtension(response),
  };
}

/** 32-bit floats, little endian: what OpenAI's clients ask for by themselves. */
function base64Of({ values }: Embedding): string {
  const bytes = Buffer.allocUnsafe(values.length * 4);
  values.forEach((value, i) => {
    bytes.writeFloatLE(value, i * 4);
  });
  return bytes.toString('base64');
}

function encodeUsage(usage: Usage | undefined): object | undefined {
  if (usage?.inputTokens === undefined) return undefined;
  return { prompt_tokens: usage.inputTokens, total_tokens: usage.inputTokens };
}
