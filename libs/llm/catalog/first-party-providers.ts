import type { CatalogProvider } from '../src/catalog/catalog-provider.ts';
import { GENERIC_DIALECT, OPENAI_DIALECT } from '../src/formats/dialect.ts';

/** What is verified of a provider; the rest stands in the registry's table. */
export type VerifiedProvider = Pick<
  CatalogProvider,
  'id' | 'name' | 'wireFormat' | 'baseUrl' | 'keyVariables' | 'dialect'
>;

/**
 * Providers whose own APIs are spoken to. Formats, addresses and dialects: their API references, July 2026. A key for one
 * of them in the environment is picked up.
 */
export const FIRST_PARTY_PROVIDERS: readonly VerifiedProvider[] = [
  {
    id: 'openai',
    name: 'OpenAI',
    wireFormat: 'openai-chat',
    baseUrl: 'https://api.openai.com/v1',
    keyVariables: ['OPENAI_API_KEY'],
    dialect: OPENAI_DIALECT,
  },
  {
    id: 'anthropic',
    name: 'Anthropic',
    wireFormat: 'anthropic-messages',
    baseUrl: 'https://api.anthropic.com/v1',
    keyVariables: ['ANTHROPIC_API_KEY'],
    dialect: undefined,
  },
  {
    id: 'google',
    name: 'Google Gemini',
    wireFormat: 'gemini',
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
    keyVariables: ['GEMINI_API_KEY', 'GOOGLE_API_KEY', 'GOOGLE_GENERATIVE_AI_API_KEY'],
    dialect: undefined,
  },
  {
    id: 'xai',
    name: 'xAI',
    wireFormat: 'openai-chat',
    baseUrl: 'https://api.x.ai/v1',
    keyVariables: ['XAI_API_KEY', 'GROK_API_KEY'],
    // https://docs.x.ai/docs/guides/reasoning: reasoning models refuse both penalties.
    dialect: { ...OPENAI_DIALECT, developerRole: 'system', penalties: 'unknown' },
  },
  {
    id: 'mistral',
    name: 'Mistral',
    wireFormat: 'openai-chat',
    baseUrl: 'https://api.mistral.ai/v1',
    keyVariables: ['MISTRAL_API_KEY'],
    // https://docs.mistral.ai/api/#tag/chat: refuses fields it does not know; usage is in the last chunk unasked.
    dialect: {
      ...GENERIC_DIALECT,
      seedField: 'random_seed',
      streamUsage: 'always',
      maxStopTexts: 16,
      user: 'unknown',
      // "Tool call id has to be defined" and must be nine of a-z, A-Z, 0-9: mistral-common, validator.
      toolCallIds: 'nine_alphanumeric',
    },
  },
  {
    id: 'groq',
    name: 'Groq',
    wireFormat: 'openai-chat',
    baseUrl: 'https://api.groq.com/openai/v1',
    keyVariables: ['GROQ_API_KEY'],
    dialect: { ...OPENAI_DIALECT, developerRole: 'system' },
  },
  {
    id: 'deepseek',
    name: 'DeepSeek',
    wireFormat: 'openai-chat',
    baseUrl: 'https://api.deepseek.com',
    keyVariables: ['DEEPSEEK_API_KEY'],
    // https://api-docs.deepseek.com/guides/thinking_mode: within a tool loop the reasoning must come back.
    dialect: {
      ...GENERIC_DIALECT,
      seedField: undefined,
      maxStopTexts: 16,
      user: 'unknown',
      reasoningField: 'reasoning_content',
    },
  },
  {
    id: 'openrouter',
    name: 'OpenRouter',
    wireFormat: 'openai-chat',
    baseUrl: 'https://openrouter.ai/api/v1',
    keyVariables: ['OPENROUTER_API_KEY'],
    dialect: { ...GENERIC_DIALECT, topK: 'known' },
  },
  {
    id: 'together',
    name: 'Together AI',
    wireFormat: 'openai-chat',
    baseUrl: 'https://api.together.xyz/v1',
    keyVariables: ['TOGETHER_API_KEY'],
    dialect: { ...GENERIC_DIALECT, topK: 'known', user: 'unknown' },
  },
  {
    id: 'fireworks',
    name: 'Fireworks AI',
    wireFormat: 'openai-chat',
    baseUrl: 'https://api.fireworks.ai/inference/v1',
    keyVariables: ['FIREWORKS_API_KEY'],
    dialect: { ...GENERIC_DIALECT, topK: 'known' },
  },
];
