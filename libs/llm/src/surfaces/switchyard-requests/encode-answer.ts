import type { CompleteResponse, StreamFinished, Usage } from '@switchyard/contracts/routing';
import type { ServiceError } from '@switchyard/kernel';
import { encodeChatError } from '../openai-chat/encode-error.ts';
import { encodeFinishReason } from '../openai-chat/encode-finish-reason.ts';
import { encodeChatMessage } from '../openai-chat/encode-response.ts';
import type { SurfaceError } from '../surface.ts';
import { encodeExtension } from '../switchyard/encode-extension.ts';

/** The body of a unary answer. The message is as in Chat Completions; `content` is its text once more. */
export function encodePlatformResponse(response: CompleteResponse): object {
  const parts = response.message?.parts ?? [];
  return {
    ...encodeExtension(response),
    content: parts.map(({ content }) => (content?.$case === 'text' ? content.value : '')).join(''),
    message: encodeChatMessage(parts),
    ...encodeEnd(response),
  };
}

/** What is known at the end, beside what {@link encodeExtension} tells. */
export function encodeEnd({ finishReason, usage }: Pick<StreamFinished, 'finishReason' | 'usage'>): object {
  return { finish_reason: encodeFinishReason(finishReason), usage: usage && encodeUsage(usage) };
}

/** Unknown counts are absent. */
function encodeUsage(usage: Usage): object {
  return {
    input_tokens: usage.inputTokens,
    cache_read_tokens: usage.cacheReadTokens,
    cache_write_tokens: usage.cacheWriteTokens,
    output_tokens: usage.outputTokens,
    reasoning_tokens: usage.reasoningTokens,
    estimated: usage.estimated,
  };
}

/** An error with all that is known of it. Statuses are those of the OpenAI-compatible routes. */
export function encodePlatformError(error: ServiceError): SurfaceError {
  const { status, headers } = encodeChatError(error);
  const { request_id, ...metadata } = error.metadata;
  return {
    status,
    headers,
    body: {
      error: {
        reason: error.reason,
        message: error.publicMessage,
        retryable: error.retryable,
        retry_after_ms: error.retryAfterMs,
        request_id,
        fields: error.violations.map(({ field, description }) => ({ field, description })),
        metadata,
      },
    },
  };
}
