import type { CatalogProvider } from '../src/catalog/catalog.ts';
import { GENERIC_DIALECT, OPENAI_DIALECT } from '../src/formats/dialect.ts';

/** A provider of the snapshot, and what it is called in the source. */
export interface ProviderEntry extends CatalogProvider {
  /** Its id at models.dev. */
  readonly sourceId: string;
}

const real = (entry: Omit<ProviderEntry, 'simulated'>): ProviderEntry => ({ ...entry, simulated: false });

/** Providers whose own APIs are spoken to. Formats, addresses and dialects: their API references, July 2026. */
export const FIRST_PARTY_PROVIDERS: readonly ProviderEntry[] = [
  real({
    id: 'openai',
    sourceId: 'openai',
    name: 'OpenAI',
    wireFormat: 'openai-chat',
    baseUrl: 'https://api.openai.com/v1',
    keyVariables: ['OPENAI_API_KEY'],
    dialect: OPENAI_DIALECT,
  }),
  real({
    id: 'anthropic',
    sourceId: 'anthropic',
    name: 'Anthropic',
    wireFormat: 'anthropic-messages',
    baseUrl: 'https://api.anthropic.com/v1',
    keyVariables: ['ANTHROPIC_API_KEY'],
    dialect: undefined,
  }),
  real({
    id: 'google',
    sourceId: 'google',
    name: 'Google Gemini',
    wireFormat: 'gemini',
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
    keyVariables: ['GEMINI_API_KEY', 'GOOGLE_API_KEY', 'GOOGLE_GENERATIVE_AI_API_KEY'],
    dialect: undefined,
  }),
  real({
    id: 'xai',
    sourceId: 'xai',
    name: 'xAI',
    wireFormat: 'openai-chat',
    baseUrl: 'https://api.x.ai/v1',
    keyVariables: ['XAI_API_KEY', 'GROK_API_KEY'],
    // https://docs.x.ai/docs/guides/reasoning: reasoning models refuse both penalties.
    dialect: { ...OPENAI_DIALECT, developerRole: 'system', penalties: 'unknown' },
  }),
  real({
    id: 'mistral',
    sourceId: 'mistral',
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
    },
  }),
  real({
    id: 'groq',
    sourceId: 'groq',
    name: 'Groq',
    wireFormat: 'openai-chat',
    baseUrl: 'https://api.groq.com/openai/v1',
    keyVariables: ['GROQ_API_KEY'],
    dialect: { ...OPENAI_DIALECT, developerRole: 'system' },
  }),
  real({
    id: 'deepseek',
    sourceId: 'deepseek',
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
  }),
  real({
    id: 'openrouter',
    sourceId: 'openrouter',
    name: 'OpenRouter',
    wireFormat: 'openai-chat',
    baseUrl: 'https://openrouter.ai/api/v1',
    keyVariables: ['OPENROUTER_API_KEY'],
    dialect: { ...GENERIC_DIALECT, topK: 'known' },
  }),
  real({
    id: 'together',
    sourceId: 'togetherai',
    name: 'Together AI',
    wireFormat: 'openai-chat',
    baseUrl: 'https://api.together.xyz/v1',
    keyVariables: ['TOGETHER_API_KEY'],
    dialect: { ...GENERIC_DIALECT, topK: 'known', user: 'unknown' },
  }),
  real({
    id: 'fireworks',
    sourceId: 'fireworks-ai',
    name: 'Fireworks AI',
    wireFormat: 'openai-chat',
    baseUrl: 'https://api.fireworks.ai/inference/v1',
    keyVariables: ['FIREWORKS_API_KEY'],
    dialect: { ...GENERIC_DIALECT, topK: 'known' },
  }),
];
