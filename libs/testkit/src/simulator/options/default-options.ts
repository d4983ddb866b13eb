import type { ModelOptions, ProviderOptions } from './simulator-options.ts';

/** What a provider offers when nothing else is said. */
export const DEFAULT_MODELS: readonly ModelOptions[] = [
  { name: 'simulated-small', reasoning: 'never' },
  { name: 'simulated-large' },
  { name: 'simulated-reasoning', reasoning: 'always' },
];

/** One provider per wire format. */
export const DEFAULT_PROVIDERS: readonly ProviderOptions[] = [
  { name: 'sim-openai', format: 'openai-chat' },
  { name: 'sim-responses', format: 'openai-responses' },
  { name: 'sim-anthropic', format: 'anthropic-messages' },
  { name: 'sim-gemini', format: 'gemini' },
  { name: 'sim-ollama', format: 'ollama-native' },
  { name: 'sim-cohere', format: 'cohere-v2' },
  { name: 'sim-bedrock', format: 'bedrock-converse' },
  { name: 'sim-vertex-gemini', format: 'vertex-gemini' },
  { name: 'sim-vertex-anthropic', format: 'vertex-anthropic' },
  { name: 'sim-azure', format: 'azure-openai' },
];

/** Bounds and sizes of a whole simulator. */
export const DEFAULTS = {
  host: '127.0.0.1',
  port: 0,
  seed: 1,
  maxBodyBytes: 33_554_432,
  attemptLogSize: 100_000,
  maxConnections: 20_000,
  answerTokens: 48,
  tokensPerChunk: 1,
  contextTokens: 1_000_000,
  maxOutputTokens: 65_536,
  cacheMinTokens: 1_024,
  cacheTtlMs: 300_000,
  cacheMaxPrefixes: 10_000,
} as const;
