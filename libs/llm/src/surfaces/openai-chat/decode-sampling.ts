import type { Sampling } from '@switchyard/contracts/routing';
import type { FieldReader } from '../field-reader.ts';

const TOKENS = { min: 1, max: 10_000_000 };
const PENALTY = { min: -2, max: 2 };
const SAFE_INTEGER = { min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER };
const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high'] as const;

/** Limits and sampling settings. */
export function decodeSampling(body: FieldReader): Sampling {
  const seed = body.integer('seed', SAFE_INTEGER);
  return {
    maxOutputTokens: decodeMaxTokens(body),
    temperature: body.number('temperature', { min: 0, max: 2 }),
    topP: decodeTopP(body),
    topK: body.integer('top_k', { min: 1, max: 0x7fff_ffff }),
    stop: decodeStop(body),
    frequencyPenalty: body.number('frequency_penalty', PENALTY),
    presencePenalty: body.number('presence_penalty', PENALTY),
    seed: seed === undefined ? undefined : BigInt(seed),
    reasoningEffort: body.oneOf('reasoning_effort', EFFORTS) ?? '',
    reasoningBudgetTokens: undefined,
  };
}

function decodeMaxTokens(body: FieldReader): number | undefined {
  const older = body.integer('max_tokens', TOKENS);
  const newer = body.integer('max_completion_tokens', TOKENS);
  if (older !== undefined && newer !== undefined && older !== newer) {
    return body.refuse('max_tokens', 'differs from max_completion_tokens; send one of them');
  }
  return newer ?? older;
}

function decodeTopP(body: FieldReader): number | undefined {
  const topP = body.number('top_p', { min: 0, max: 1 });
  return topP === 0 ? body.refuse('top_p', 'must be above 0') : topP;
}

function decodeStop(body: FieldReader): string[] {
  const stop =
    typeof body.object.stop === 'string'
      ? [body.string('stop', 1024) ?? '']
      : body.strings('stop', { maxLength: 16, maxCharacters: 1024 });
  if (stop.includes('')) body.refuse('stop', 'may not hold an empty text');
  return stop;
}
