/**
 * Fields of a Chat Completions request that the canonical request decides, or that Switchyard does not offer. The
 * surface reads or refuses them; they never pass through.
 */
export const RESERVED_FIELDS: ReadonlySet<string> = new Set([
  'model',
  'messages',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'response_format',
  'stream',
  'stream_options',
  'max_tokens',
  'max_completion_tokens',
  'temperature',
  'top_p',
  'top_k',
  'stop',
  'seed',
  'random_seed',
  'frequency_penalty',
  'presence_penalty',
  'reasoning_effort',
  'user',
  'switchyard',
  'n',
  'audio',
  'modalities',
  'logprobs',
  'top_logprobs',
  'functions',
  'function_call',
]);
