import { type JsonObject, stringAt } from '../../../src/formats/json.ts';

/** Packages of the AI SDK that speak one format, whoever's models they reach. */
const FORMATS: Readonly<Record<string, string>> = {
  '@ai-sdk/anthropic': 'anthropic-messages',
  '@ai-sdk/google': 'gemini',
  '@ai-sdk/google-vertex/anthropic': 'vertex-anthropic',
  '@ai-sdk/openai-compatible': 'openai-chat',
};

/** A model's own wire format, where the source says that it differs from its provider's. */
export function formatOfPackage(provider: JsonObject | undefined): string | undefined {
  if (provider === undefined) return undefined;
  if (stringAt(provider, 'shape') === 'responses') return 'openai-responses';
  const name = stringAt(provider, 'npm') ?? '';
  return Object.hasOwn(FORMATS, name) ? FORMATS[name] : undefined;
}
