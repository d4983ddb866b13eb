import type { Capability } from '../src/catalog/capabilities.ts';
import type { ModelMode } from '../src/catalog/model-mode.ts';

/**
 * Models that the sources list as answering a chat with text, and that do not: OpenAI's that only know the Responses API
 * (its SDK's type `ResponsesModel`), embeddings, transcription, guards, and systems with tools of their own.
 */
const NO_CHAT: Readonly<Record<string, readonly (readonly [RegExp, ModelMode])[]>> = {
  openai: [
    [/embedding/, 'embeddings'],
    [/codex|-pro(?:-\d|$)|deep-research|computer-use/, 'responses'],
  ],
  google: [[/embedding/, 'embeddings']],
  mistral: [[/embed/, 'embeddings']],
  groq: [
    [/whisper/, 'transcription'],
    [/prompt-guard/, 'moderation'],
    [/compound/, 'other'],
  ],
  openrouter: [
    [/embedding/, 'embeddings'],
    [/lyria/, 'speech'],
  ],
};

/** Claude models that keep to a schema. https://platform.claude.com/docs/en/build-with-claude/structured-outputs */
const CLAUDE_WITH_SCHEMA =
  /^claude-(?:opus-4-(?:1|[5-9])|(?:sonnet|haiku)-4-[5-9]|(?:opus|sonnet|haiku|fable)-[5-9])/;

/** What a model is asked for, where the sources are wrong about it; `undefined` where they are not known to be. */
export function correctedMode(provider: string, model: string): ModelMode | undefined {
  return NO_CHAT[provider]?.find(([pattern]) => pattern.test(model))?.[1];
}

/** Capabilities that a model has although the sources do not say so. */
export function correctedCapabilities(provider: string, model: string): readonly Capability[] {
  return provider === 'anthropic' && CLAUDE_WITH_SCHEMA.test(model) ? ['structured_output'] : [];
}
