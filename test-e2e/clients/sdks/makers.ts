import OpenAI, { toFile } from 'openai';
import type { Door } from './sdk.ts';

/** What the official `openai` package is asked for beside chats and vectors. */
export interface Maker {
  /** Base64 of the image. */
  draw(model: string, prompt: string): Promise<string | undefined>;
  speak(model: string, text: string): Promise<Buffer>;
  transcribe(model: string, sound: Buffer): Promise<string>;
  /** Whether each text is flagged. */
  moderate(model: string, texts: readonly string[]): Promise<readonly boolean[]>;
}

/** By address and key alone. */
export function openaiMaker({ url, apiKey }: Door): Maker {
  const client = new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0 });
  return {
    draw: async (model, prompt) => (await client.images.generate({ model, prompt })).data?.[0]?.b64_json,
    speak: async (model, text) => {
      const response = await client.audio.speech.create({ model, input: text, voice: 'alloy' });
      return Buffer.from(await response.arrayBuffer());
    },
    transcribe: async (model, sound) => {
      const file = await toFile(sound, 'speech.wav');
      return (await client.audio.transcriptions.create({ model, file })).text;
    },
    moderate: async (model, texts) => {
      const { results } = await client.moderations.create({ model, input: [...texts] });
      return results.map(({ flagged }) => flagged);
    },
  };
}
