import type { Sampling } from '@switchyard/contracts/routing';
import type { Unsupported } from '../unsupported.ts';
import type { EncodeInput } from '../wire-format.ts';
import { generationOf } from './model-generation.ts';

/** `generationConfig.thinkingConfig`. */
export interface ThinkingConfig {
  readonly thinkingLevel?: string;
  readonly thinkingBudget?: number;
  readonly includeThoughts?: true;
}

/**
 * Budgets that stand for an effort where the model knows no levels: Google's own, of its OpenAI-compatible API.
 * Source: https://ai.google.dev/gemini-api/docs/openai, "Thinking"
 */
const BUDGETS: Readonly<Record<string, number>> = { minimal: 1024, low: 1024, medium: 8192, high: 24_576 };

const LEVELS: ReadonlySet<string> = new Set(Object.keys(BUDGETS));

/** What of `reasoning_effort` and `reasoning_budget_tokens` the model cannot do. */
export function findUnsupportedThinking(input: EncodeInput): Unsupported | undefined {
  const { reasoningEffort = '', reasoningBudgetTokens } = input.request.sampling ?? {};
  if (reasoningBudgetTokens !== undefined) {
    const description =
      reasoningEffort === ''
        ? budgetProblem(input, reasoningBudgetTokens)
        : 'cannot go with reasoning_effort';
    if (description !== undefined) return { field: 'sampling.reasoning_budget_tokens', description };
  }
  const description = effortProblem(input, reasoningEffort);
  return description === undefined ? undefined : { field: 'sampling.reasoning_effort', description };
}

function budgetProblem({ traits }: EncodeInput, budget: number): string | undefined {
  const range = traits?.reasoningBudget;
  if (range === undefined) return undefined;
  if (range === 'none') return 'is not known to this model; use reasoning_effort';
  if (budget < range.min) return `must be at least ${range.min} for this model`;
  if (range.max !== undefined && budget > range.max) return `may be ${range.max} at most for this model`;
  return undefined;
}

function effortProblem({ traits }: EncodeInput, effort: string): string | undefined {
  if (effort === '') return undefined;
  const efforts = traits?.reasoningEfforts ?? [];
  const range = traits?.reasoningBudget;
  if (effort === 'none') {
    const alwaysReasons = efforts.length > 0 || (typeof range === 'object' && range.min > 0);
    return alwaysReasons ? 'cannot be none: this model always reasons' : undefined;
  }
  if (!LEVELS.has(effort)) return 'must be none, minimal, low, medium or high here';
  if (efforts.length === 0 || efforts.includes(effort)) return undefined;
  return `must be one of ${efforts.join(', ')} for this model`;
}

/**
 * How much the model is to think; `undefined` leaves it to the model. Who asks for thoughts gets to read them. Expects
 * sampling in which nothing is unsupported.
 */
export function encodeThinking(input: EncodeInput, sampling: Sampling): ThinkingConfig | undefined {
  const { reasoningEffort, reasoningBudgetTokens } = sampling;
  if (reasoningBudgetTokens !== undefined) {
    return { thinkingBudget: reasoningBudgetTokens, includeThoughts: true };
  }
  if (reasoningEffort === '') return undefined;
  if (reasoningEffort === 'none') return { thinkingBudget: 0 };
  if (generationOf(input) === 'levels') return { thinkingLevel: reasoningEffort, includeThoughts: true };
  return { thinkingBudget: budgetFor(input, reasoningEffort), includeThoughts: true };
}

/** The budget of an effort, inside what the model takes. */
function budgetFor({ traits }: EncodeInput, effort: string): number | undefined {
  const budget = BUDGETS[effort];
  const range = traits?.reasoningBudget;
  if (budget === undefined || typeof range !== 'object') return budget;
  return Math.min(Math.max(budget, range.min), range.max ?? budget);
}
