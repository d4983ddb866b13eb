import type { FinishReason, Usage } from '@switchyard/contracts/routing';
import type { AnswerHead } from '../surface.ts';
import type { ResponsesRequest } from './decode-request.ts';
import { incompleteReason } from './incomplete-reason.ts';

/** What of a response object is known before its output: what was asked for, as it was asked for. */
export function encodeHead(requestId: string, { asked, createdAtMs }: AnswerHead<ResponsesRequest>): object {
  const { body } = asked;
  return {
    id: `resp_${requestId}`,
    object: 'response',
    created_at: Math.floor(createdAtMs / 1000),
    background: false,
    error: null,
    incomplete_details: null,
    instructions: body.instructions ?? null,
    max_output_tokens: body.max_output_tokens ?? null,
    metadata: body.metadata ?? {},
    model: asked.request.model,
    parallel_tool_calls: body.parallel_tool_calls ?? true,
    previous_response_id: null,
    reasoning: { effort: null, summary: null, ...(body.reasoning as object | undefined) },
    store: false,
    temperature: body.temperature ?? null,
    text: body.text ?? { format: { type: 'text' } },
    tool_choice: body.tool_choice ?? 'auto',
    tools: body.tools ?? [],
    top_p: body.top_p ?? null,
    truncation: 'disabled',
    user: body.user ?? null,
  };
}

/** What is known at the end. */
export interface ResponseEnd {
  readonly status: 'completed' | 'incomplete';
  readonly incomplete_details: object | null;
  readonly usage: object | null;
}

export function encodeEnd(finishReason: FinishReason, usage: Usage | undefined): ResponseEnd {
  const reason = incompleteReason(finishReason);
  return {
    status: reason === undefined ? 'completed' : 'incomplete',
    incomplete_details: reason === undefined ? null : { reason },
    usage: encodeUsage(usage),
  };
}

/** `null` where a total is unknown: its fields are numbers, not guesses. */
function encodeUsage(usage: Usage | undefined): object | null {
  if (usage?.inputTokens === undefined || usage.outputTokens === undefined) return null;
  return {
    input_tokens: usage.inputTokens,
    input_tokens_details: {
      cached_tokens: usage.cacheReadTokens,
      cache_write_tokens: usage.cacheWriteTokens,
    },
    output_tokens: usage.outputTokens,
    output_tokens_details: { reasoning_tokens: usage.reasoningTokens },
    total_tokens: usage.inputTokens + usage.outputTokens,
  };
}
