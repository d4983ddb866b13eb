import type { Capability, OperationKind } from '@switchyard/llm';

/** What every model for a kind of work can do: others are no candidates where none is named. */
export const CAPABILITY_OF: Readonly<Record<OperationKind, Capability>> = {
  chat: 'text',
  embed: 'embeddings',
  rerank: 'rerank',
  moderate: 'moderation',
  draw: 'image_generation',
  speak: 'speech',
  transcribe: 'transcription',
};
