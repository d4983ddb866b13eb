import { expect, test } from 'vitest';
import { isOptIn, isUrlTemplate } from '../../src/catalog/catalog-provider.ts';
import { readRegistry } from './read-registry.ts';

const registry = readRegistry();

// Requirement R1, with the true address and how a key is presented.
test.each([
  ['openai', 'openai-chat', 'https://api.openai.com/v1', 'bearer'],
  ['anthropic', 'anthropic-messages', 'https://api.anthropic.com/v1', 'x-api-key'],
  ['google', 'gemini', 'https://generativelanguage.googleapis.com/v1beta', 'x-goog-api-key'],
  ['xai', 'openai-chat', 'https://api.x.ai/v1', 'bearer'],
  ['openrouter', 'openai-chat', 'https://openrouter.ai/api/v1', 'bearer'],
  ['azure', 'azure-openai', 'https://{resource}.openai.azure.com/openai/v1', 'api-key'],
  ['amazon-bedrock', 'bedrock-converse', 'https://bedrock-runtime.{region}.amazonaws.com', 'aws-sigv4'],
  [
    'google-vertex',
    'vertex-gemini',
    'https://{region}-aiplatform.googleapis.com/v1/projects/{project}/locations/{region}/publishers/google',
    'google-oauth',
  ],
  ['mistral', 'openai-chat', 'https://api.mistral.ai/v1', 'bearer'],
  ['cohere', 'cohere-v2', 'https://api.cohere.com/v2', 'bearer'],
  ['groq', 'openai-chat', 'https://api.groq.com/openai/v1', 'bearer'],
  ['deepseek', 'openai-chat', 'https://api.deepseek.com', 'bearer'],
  ['together', 'openai-chat', 'https://api.together.xyz/v1', 'bearer'],
  ['fireworks', 'openai-chat', 'https://api.fireworks.ai/inference/v1', 'bearer'],
  ['ollama', 'openai-chat', 'http://localhost:11434/v1', 'none'],
  ['lmstudio', 'openai-chat', 'http://localhost:1234/v1', 'bearer'],
  ['localai', 'openai-chat', 'http://localhost:8080/v1', 'none'],
  ['vllm', 'openai-chat', 'http://localhost:8000/v1', 'bearer'],
  ['portkey-gateway', 'openai-chat', 'http://localhost:8787/v1', 'bearer'],
  ['openai-compatible', 'openai-chat', undefined, 'bearer'],
])('%s speaks %s at %s', (id, wireFormat, baseUrl, auth) => {
  const provider = registry.provider(id);
  expect(provider).toMatchObject({ wireFormat, review: 'hand' });
  expect([provider?.baseUrl, provider?.auth[0]]).toEqual([baseUrl, auth]);
});

test('placeholders stay placeholders', () => {
  const templates = registry
    .providers()
    .filter(({ baseUrl }) => baseUrl !== undefined && isUrlTemplate(baseUrl));
  expect(templates.map(({ id }) => id)).toEqual(
    expect.arrayContaining([
      'amazon-bedrock',
      'azure',
      'cloudflare-workers-ai',
      'databricks',
      'snowflake-cortex',
    ]),
  );
  expect(registry.provider('cloudflare-workers-ai')?.baseUrl).toMatch(/\/\$\{CLOUDFLARE_ACCOUNT_ID\}\//);
});

test('a key is picked up for hand-verified addresses only', () => {
  const pickedUp = registry.providers().filter((provider) => provider.pickedUp);
  expect(pickedUp.map(({ review }) => review)).toEqual(pickedUp.map(() => 'hand'));
  expect(pickedUp.map(({ id }) => id)).not.toContain('azure');
});

test('aggregators, subscriptions and local ones are for those who ask for them', () => {
  const optIn = (id: string) => {
    const provider = registry.provider(id);
    return provider !== undefined && isOptIn(provider);
  };
  expect(['openrouter', 'zai-coding-plan', 'ollama', 'portkey-gateway'].map(optIn)).toEqual([
    true,
    true,
    true,
    true,
  ]);
  expect(['openai', 'groq', 'amazon-bedrock'].map(optIn)).toEqual([false, false, false]);
});

test.each([
  ['id\tname', 'providers.tsv begins with "id\\tname"'],
  ['', 'providers.tsv begins with ""'],
])('a table that begins with %j is refused', (text, why) => {
  expect(() => readRegistry(text)).toThrow(why);
});
