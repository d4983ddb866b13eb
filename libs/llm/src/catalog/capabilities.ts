/** What a model can do: requirement R3. */
export const CAPABILITIES = [
  'text',
  'vision',
  'audio_in',
  'audio_out',
  'image_generation',
  'embeddings',
  'rerank',
  'code',
  'tools',
  'structured_output',
  'streaming',
  'reasoning',
  'long_context',
  'batch',
  'moderation',
  'video',
  /** Speaks a text, and does nothing else. */
  'speech',
  /** Writes down what is said, and does nothing else. */
  'transcription',
] as const;

/** One of them. */
export type Capability = (typeof CAPABILITIES)[number];
