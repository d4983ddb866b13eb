import { type JsonObject, objectAt, stringAt } from '../src/formats/json.ts';

/**
 * Models that the source lists with text output, but that do not answer a chat: OpenAI's that only know the Responses
 * API (its SDK's type `ResponsesModel`), embeddings, transcription, guards, and systems with tools of their own.
 */
const NO_CHAT: Readonly<Record<string, RegExp>> = {
  openai: /embedding|codex|-pro(?:-\d|$)|deep-research|computer-use/,
  google: /embedding/,
  mistral: /embed/,
  groq: /whisper|prompt-guard|compound/,
  openrouter: /embedding|lyria/,
};

/** Claude models that keep to a schema. https://platform.claude.com/docs/en/build-with-claude/structured-outputs */
const CLAUDE_WITH_SCHEMA =
  /^claude-(?:opus-4-(?:1|[5-9])|(?:sonnet|haiku)-4-[5-9]|(?:opus|sonnet|haiku|fable)-[5-9])/;

/** Whether a model answers a chat with text, and nothing but text. */
export function servesChat(provider: string, model: JsonObject): boolean {
  const outputs = objectAt(model, 'modalities')?.output;
  const isText = Array.isArray(outputs) && outputs.length === 1 && outputs[0] === 'text';
  return isText && !NO_CHAT[provider]?.test(stringAt(model, 'id') ?? '');
}

/** Whether a model keeps to a schema although the source does not say so. */
export function supportsStructuredOutput(provider: string, model: JsonObject): boolean {
  return provider === 'anthropic' && CLAUDE_WITH_SCHEMA.test(stringAt(model, 'id') ?? '');
}
