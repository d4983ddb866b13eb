import { err, ok, type Result } from '@switchyard/kernel';
import { encodeThinking } from '../anthropic-messages/encode-thinking.ts';
import type { Unsupported } from '../unsupported.ts';
import type { EncodeInput } from '../wire-format.ts';
import { familyOf } from './model-family.ts';

const GPT_OSS_EFFORTS = ['low', 'medium', 'high'];

/** Fields of the model's own for reasoning and `top_k`; `undefined` for none. */
export function encodeModelFields(input: EncodeInput): Result<object | undefined, Unsupported> {
  const { reasoningEffort = '', reasoningBudgetTokens, topK } = input.request.sampling ?? {};
  const reasons = reasoningEffort !== '' || reasoningBudgetTokens !== undefined;
  if (!reasons && topK === undefined) return ok(undefined);
  switch (familyOf(input.model)) {
    case 'claude':
      return encodeClaudeFields(input);
    case 'gpt-oss':
      if (topK !== undefined) return err(unknownField('sampling.top_k'));
      return encodeEffort(reasoningEffort, reasoningBudgetTokens);
    case 'other':
      if (topK !== undefined) return err(unknownField('sampling.top_k'));
      return err(
        unknownField(
          reasoningBudgetTokens === undefined
            ? 'sampling.reasoning_effort'
            : 'sampling.reasoning_budget_tokens',
        ),
      );
  }
}

/** Source: https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-extended-thinking.html */
function encodeClaudeFields(input: EncodeInput): Result<object, Unsupported> {
  const encoded = encodeThinking(input);
  if (!encoded.ok) return encoded;
  const { thinking, effort } = encoded.value;
  const topK = input.request.sampling?.topK;
  const thinks = thinking !== undefined && thinking.type !== 'disabled';
  if (thinks && topK !== undefined)
    return err({ field: 'sampling.top_k', description: 'cannot be set while reasoning' });
  return ok({
    thinking,
    output_config: effort === undefined ? undefined : { effort },
    top_k: topK,
  });
}

/** Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-openai.html */
function encodeEffort(effort: string, budget: number | undefined): Result<object, Unsupported> {
  if (budget !== undefined) return err(unknownField('sampling.reasoning_budget_tokens'));
  if (GPT_OSS_EFFORTS.includes(effort)) return ok({ reasoning_effort: effort });
  const description = `must be one of ${GPT_OSS_EFFORTS.join(', ')}`;
  return err({ field: 'sampling.reasoning_effort', description });
}

const unknownField = (field: string): Unsupported => ({ field, description: 'is not known to this model' });
