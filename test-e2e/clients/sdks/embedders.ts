import { createOpenAI } from '@ai-sdk/openai';
import { OpenAIEmbeddings } from '@langchain/openai';
import { embedMany } from 'ai';
import OpenAI from 'openai';
import type { Door } from './sdk.ts';

/** One official SDK that asks for vectors. */
export interface Embedder {
  readonly name: string;
  /** A vector for each text, in order. */
  embed(door: Door, model: string, texts: readonly string[]): Promise<readonly (readonly number[])[]>;
}

/** It asks for base64, and turns it into numbers again, without being told. */
const openai: Embedder = {
  name: 'openai',
  async embed({ url, apiKey }, model, texts) {
    const client = new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0 });
    const { data } = await client.embeddings.create({ model, input: [...texts] });
    return data.map(({ embedding }) => embedding);
  },
};

const vercel: Embedder = {
  name: 'ai with @ai-sdk/openai',
  async embed({ url, apiKey }, model, texts) {
    const provider = createOpenAI({ baseURL: `${url}/v1`, apiKey });
    const { embeddings } = await embedMany({
      model: provider.embedding(model),
      values: [...texts],
      maxRetries: 0,
    });
    return embeddings;
  },
};

const langchain: Embedder = {
  name: '@langchain/openai',
  embed: ({ url, apiKey }, model, texts) =>
    new OpenAIEmbeddings({
      model,
      apiKey,
      maxRetries: 0,
      configuration: { baseURL: `${url}/v1` },
    }).embedDocuments([...texts]),
};

export const EMBEDDERS: readonly Embedder[] = [openai, vercel, langchain];
