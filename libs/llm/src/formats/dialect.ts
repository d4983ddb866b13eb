/**
 * How one vendor's dialect of the openai-chat format differs from OpenAI's own. Vendors are data: the catalog states a
 * dialect per provider (`CatalogProvider.dialect`).
 */
export interface Dialect {
  /** Field that limits the output. OpenAI refuses `max_tokens` for its reasoning models; others know nothing else. */
  readonly maxTokensField: 'max_completion_tokens' | 'max_tokens';
  /** What the role `developer` is sent as. */
  readonly developerRole: 'developer' | 'system';
  /** Field for the seed; `undefined` where there is none. */
  readonly seedField: 'seed' | 'random_seed' | undefined;
  /** Whether `top_k` is known. */
  readonly topK: 'known' | 'unknown';
  /** Whether `frequency_penalty` and `presence_penalty` are known. */
  readonly penalties: 'known' | 'unknown';
  /** Whether `stream_options.include_usage` is needed, or usage comes without and the field is refused. */
  readonly streamUsage: 'on_request' | 'always';
  /** Most stop texts. */
  readonly maxStopTexts: number;
  /** Whether `user` is known. */
  readonly user: 'known' | 'unknown';
  /** Field in which the model's reasoning goes back to it with its tool calls; `undefined` where it must not. */
  readonly reasoningField: 'reasoning_content' | undefined;
  /** What ids of tool calls may look like: anything, or nine letters and digits. Others are sent as such ones, always the same. */
  readonly toolCallIds?: 'nine_alphanumeric' | undefined;
}

/** OpenAI's own. Source: https://platform.openai.com/docs/api-reference/chat/create */
export const OPENAI_DIALECT: Dialect = Object.freeze({
  maxTokensField: 'max_completion_tokens',
  developerRole: 'developer',
  seedField: 'seed',
  topK: 'unknown',
  penalties: 'known',
  streamUsage: 'on_request',
  maxStopTexts: 4,
  user: 'known',
  reasoningField: undefined,
});

/** For an OpenAI-compatible endpoint of which nothing is known: what vLLM, Ollama, LM Studio and LocalAI all take. */
export const GENERIC_DIALECT: Dialect = Object.freeze({
  ...OPENAI_DIALECT,
  maxTokensField: 'max_tokens',
  developerRole: 'system',
});
