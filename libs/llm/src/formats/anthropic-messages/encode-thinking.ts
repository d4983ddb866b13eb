import { err, ok, type Result } from '@switchyard/kernel';
import type { Unsupported } from '../unsupported.ts';
import type { EncodeInput } from '../wire-format.ts';

/** Settings of extended thinking. */
export interface WireThinking {
  readonly thinking?:
    | { readonly type: 'enabled'; readonly budget_tokens: number }
    | { readonly type: 'adaptive' | 'disabled' };
  /** For `output_config.effort`. */
  readonly effort?: string;
}

/** Smallest budget. https://platform.claude.com/docs/en/build-with-claude/extended-thinking */
const LEAST_BUDGET = 1024;
/** Larger budgets are for batches: the answer takes longer than connections live. Same source. */
const MOST_BUDGET = 32_000;

/** Share of the output that each effort may think, where the model takes a budget only. OpenRouter's shares. */
const BUDGET_SHARE: Readonly<Record<string, number>> = { minimal: 0.1, low: 0.2, medium: 0.5, high: 0.8 };

/**
 * Reasoning effort and budget, as the model takes them: models up to Claude 4.6 take a budget, later ones an effort with
 * adaptive thinking and no budget. A model of which nothing is known is taken for a later one.
 */
export function encodeThinking({
  request,
  maxOutputTokens = 0,
  traits,
}: EncodeInput): Result<WireThinking, Unsupported> {
  const { reasoningEffort: effort = '', reasoningBudgetTokens: budget } = request.sampling ?? {};
  if (budget !== undefined) return encodeBudget({ budget, maxOutputTokens, known: traits?.reasoningBudget });
  if (effort === '') return ok({});
  const takesBudget = typeof traits?.reasoningBudget === 'object';
  // Models that take a budget do not think unasked.
  if (effort === 'none') return ok(takesBudget ? {} : { thinking: { type: 'disabled' } });
  if (takesBudget) return encodeShare(effort, maxOutputTokens);
  // "minimal" is not known here; "low" is the nearest.
  const level = effort === 'minimal' ? 'low' : effort;
  const known = traits?.reasoningEfforts;
  if (known !== undefined && !known.includes(level)) {
    return err({ field: 'sampling.reasoning_effort', description: `must be one of ${known.join(', ')}` });
  }
  return ok({ thinking: { type: 'adaptive' }, effort: level });
}

function encodeBudget({
  budget,
  maxOutputTokens,
  known,
}: {
  readonly budget: number;
  readonly maxOutputTokens: number;
  readonly known: { readonly min: number; readonly max: number | undefined } | 'none' | undefined;
}): Result<WireThinking, Unsupported> {
  const field = 'sampling.reasoning_budget_tokens';
  if (known === 'none')
    return err({ field, description: 'is not known to this model; use reasoning_effort' });
  if (budget < LEAST_BUDGET) return err({ field, description: `must be ${LEAST_BUDGET} at least here` });
  if (budget >= maxOutputTokens) return err({ field, description: 'must be below max_output_tokens here' });
  return ok({ thinking: { type: 'enabled', budget_tokens: budget } });
}

function encodeShare(effort: string, maxOutputTokens: number): Result<WireThinking, Unsupported> {
  const field = 'sampling.reasoning_effort';
  const share = BUDGET_SHARE[effort];
  if (share === undefined)
    return err({ field, description: 'must be one of none, minimal, low, medium, high' });
  const wanted = Math.max(LEAST_BUDGET, Math.min(MOST_BUDGET, Math.floor(maxOutputTokens * share)));
  if (wanted < maxOutputTokens) return ok({ thinking: { type: 'enabled', budget_tokens: wanted } });
  return err({ field, description: `needs max_output_tokens above ${LEAST_BUDGET} here` });
}
