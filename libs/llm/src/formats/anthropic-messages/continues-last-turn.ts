import type { EncodeInput } from '../wire-format.ts';

/**
 * Claude up to 4.5. Later ones refuse a conversation that ends with the assistant's turn; a model of which the id says nothing is
 * taken for a later one. Source: https://platform.claude.com/docs/en/about-claude/models/whats-new-claude-4-6#prefill-removal
 */
const PREFILLED =
  /claude-(?:instant-|[23][-.]|(?:opus|sonnet|haiku)-4(?:[-.][0-5])?(?:[-@]\d{8}|-latest|-v\d|$))/;

/** Whether Claude goes on in the assistant's last turn: not while it thinks. */
export function claudeContinuesLastTurn({ model, request }: Pick<EncodeInput, 'model' | 'request'>): boolean {
  const { reasoningEffort = '', reasoningBudgetTokens } = request.sampling ?? {};
  const thinks = reasoningBudgetTokens !== undefined || !['', 'none'].includes(reasoningEffort);
  return !thinks && PREFILLED.test(model);
}
