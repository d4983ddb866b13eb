import { arrayAt, isObject, type JsonObject, stringAt } from '../json.ts';

/** Visible text and readable reasoning. */
export interface ChatContent {
  text: string;
  reasoning: string;
}

/**
 * Text and reasoning of a message or of a stream's delta. Content is a string, or with Mistral a list of `text` and
 * `thinking` chunks. Reasoning is `reasoning_content` (DeepSeek, xAI, vLLM) or `reasoning` (Groq, OpenRouter).
 */
export function decodeContent(message: JsonObject): ChatContent {
  const reasoning = stringAt(message, 'reasoning_content') ?? stringAt(message, 'reasoning') ?? '';
  const { content } = message;
  if (!Array.isArray(content)) return { text: typeof content === 'string' ? content : '', reasoning };
  const found: ChatContent = { text: '', reasoning };
  for (const chunk of content) if (isObject(chunk)) addChunk(found, chunk);
  return found;
}

function addChunk(found: ChatContent, chunk: JsonObject): void {
  if (chunk.type === 'text') found.text += stringAt(chunk, 'text') ?? '';
  if (chunk.type !== 'thinking') return;
  for (const thought of arrayAt(chunk, 'thinking')) {
    if (isObject(thought)) found.reasoning += stringAt(thought, 'text') ?? '';
  }
}
