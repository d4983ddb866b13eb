import type { Usage } from '@switchyard/contracts/routing';
import { countAt, type JsonObject, objectAt } from '../json.ts';

/**
 * What is billed (`billed_units`), not what the model read (`tokens`): Cohere adds some hundred tokens of its own to each
 * request and charges none of them, cached or not. Where nothing says what is billed, nothing is known. Source:
 * https://docs.cohere.com/reference/chat, `usage`
 */
export function decodeCohereUsage(usage: JsonObject | undefined): Usage | undefined {
  const billed = objectAt(usage ?? {}, 'billed_units');
  const inputTokens = countAt(billed, 'input_tokens');
  const outputTokens = countAt(billed, 'output_tokens');
  if (inputTokens === undefined && outputTokens === undefined) return undefined;
  return { inputTokens, outputTokens, estimated: false };
}
