/** What a model is asked for, in the order of the snapshot: append only. */
export const MODEL_MODES = [
  /** Answers a chat with text, and nothing but text. */
  'chat',
  /** Answers with text, and only through the Responses API. */
  'responses',
  /** Continues a text. */
  'completion',
  'embeddings',
  /** Makes or changes images, perhaps with text beside them. */
  'image',
  'transcription',
  /** Answers with sound, perhaps with text beside it. */
  'speech',
  'video',
  'rerank',
  'moderation',
  /** Sound in and out over a standing connection. */
  'realtime',
  'ocr',
  'other',
] as const;

/** One of them. */
export type ModelMode = (typeof MODEL_MODES)[number];
