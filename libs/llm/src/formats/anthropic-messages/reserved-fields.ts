/** Fields of a Messages request that the canonical request decides; they never pass through. */
export const RESERVED_FIELDS: ReadonlySet<string> = new Set([
  'model',
  'messages',
  'system',
  'max_tokens',
  'stream',
  'temperature',
  'top_p',
  'top_k',
  'stop_sequences',
  'thinking',
  'output_config',
  'tools',
  'tool_choice',
  'metadata',
  'switchyard',
]);
