import type { Usage } from '@switchyard/contracts/routing';
import type OpenAI from 'openai';
import type { Told } from './expect-booked.ts';

/** An answer by OpenAI-compatible HTTP. */
export interface HttpAnswer extends Told {
  /** As the caller sends it back in the next round. */
  readonly message: OpenAI.ChatCompletionMessageParam;
  readonly text: string;
  readonly calls: readonly { readonly id: string; readonly name: string; readonly arguments: string }[];
  readonly finishReason: string | null | undefined;
}

type Body = Omit<OpenAI.ChatCompletionCreateParamsNonStreaming, 'stream'>;
type Call = OpenAI.ChatCompletionMessageFunctionToolCall;

/** What Switchyard tells beside OpenAI's fields. */
interface Extended {
  readonly switchyard?: {
    readonly request_id: string;
    readonly usage_estimated: boolean;
    readonly cost: { readonly total_nano_usd: string };
  };
}

/** Asks for the answer in one piece. */
export async function askByHttp(openai: OpenAI, body: Body): Promise<HttpAnswer> {
  const answer = await openai.chat.completions.create(body);
  const [choice] = answer.choices;
  if (choice === undefined) throw new TypeError('an answer without a choice');
  const calls = (choice.message.tool_calls ?? []) as Call[];
  return {
    ...toldBy(answer as Extended, answer.usage),
    message: choice.message,
    text: choice.message.content ?? '',
    calls: calls.map(({ id, function: { name, arguments: given } }) => ({ id, name, arguments: given })),
    finishReason: choice.finish_reason,
  };
}

/** Asks for the answer as a stream, and puts it together as the API's documentation says. */
export async function askForHttpStream(openai: OpenAI, body: Body): Promise<HttpAnswer> {
  const stream = await openai.chat.completions.create({
    ...body,
    stream: true,
    stream_options: { include_usage: true },
  });
  const calls: Call[] = [];
  let text = '';
  let finishReason: string | null | undefined;
  let usage: OpenAI.CompletionUsage | null | undefined;
  let extension: Extended = {};
  for await (const chunk of stream) {
    const [choice] = chunk.choices;
    text += choice?.delta.content ?? '';
    for (const { index, ...piece } of choice?.delta.tool_calls ?? []) {
      const known = calls[index];
      if (known === undefined) calls[index] = structuredClone(piece) as Call;
      else known.function.arguments += piece.function?.arguments ?? '';
    }
    finishReason = choice?.finish_reason ?? finishReason;
    usage = chunk.usage ?? usage;
    if ('switchyard' in chunk) extension = chunk as Extended;
  }
  return {
    ...toldBy(extension, usage),
    message: { role: 'assistant', content: text === '' ? null : text, tool_calls: calls },
    text,
    calls: calls.map(({ id, function: { name, arguments: given } }) => ({ id, name, arguments: given })),
    finishReason,
  };
}

function toldBy({ switchyard }: Extended, usage: OpenAI.CompletionUsage | null | undefined): Told {
  if (switchyard === undefined) throw new TypeError('an answer without its extension');
  const { prompt_tokens_details: input, completion_tokens_details: output } = usage ?? {};
  const told: Usage = {
    inputTokens: usage?.prompt_tokens,
    cacheReadTokens: input?.cached_tokens,
    cacheWriteTokens: (input as { cache_write_tokens?: number } | undefined)?.cache_write_tokens,
    outputTokens: usage?.completion_tokens,
    reasoningTokens: output?.reasoning_tokens,
    estimated: switchyard.usage_estimated,
  };
  return {
    requestId: switchyard.request_id,
    usage: told,
    costNanoUsd: BigInt(switchyard.cost.total_nano_usd),
  };
}
