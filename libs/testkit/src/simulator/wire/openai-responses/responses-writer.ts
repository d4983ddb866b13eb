import type { ToolCall } from '../../answer/answer.ts';
import { countTokens, splitIntoChunks } from '../../answer/tokens.ts';
import type { TokenCounts } from '../../stats/simulator-stats.ts';
import type { AnswerWriter, Frame, WriteArgs } from '../wire-format.ts';
import { SIMULATED_ENCRYPTION } from './encrypted-content.ts';
import type { ResponsesRequest } from './responses-request.ts';

interface WriterArgs {
  readonly request: ResponsesRequest;
  readonly tokensPerChunk: number;
}
type ResponsesArgs = WriterArgs & WriteArgs;

/** Writes `response` objects and their streams. */
export function responsesWriter(args: WriterArgs): AnswerWriter {
  return {
    streamContentType: 'text/event-stream; charset=utf-8',
    unary: (write) => JSON.stringify(finished({ ...args, ...write })),
    stream: (write) => streamFrames({ ...args, ...write }),
  };
}

/** An item of the output, and what generating it takes. */
type Item =
  | { readonly kind: 'reasoning'; readonly wire: object; readonly tokens: number }
  | { readonly kind: 'message'; readonly id: string; readonly text: string }
  | { readonly kind: 'call'; readonly id: string; readonly callId: string; readonly call: ToolCall };

function itemsOf({ answer, stamp, request }: ResponsesArgs): Item[] {
  const encrypted = request.include?.includes('reasoning.encrypted_content') === true;
  const reasoning = answer.reasoning && {
    kind: 'reasoning' as const,
    tokens: answer.reasoning.tokens,
    wire: {
      id: `rs_${stamp.id}`,
      type: 'reasoning',
      ...(encrypted && { encrypted_content: SIMULATED_ENCRYPTION }),
      summary: [],
    },
  };
  const shown: Item[] =
    answer.content.kind === 'text'
      ? [{ kind: 'message', id: `msg_${stamp.id}`, text: answer.content.text }]
      : answer.content.calls.map((call, index) => ({
          kind: 'call',
          id: `fc_${stamp.id}${index}`,
          callId: `call_${stamp.id}${index}`,
          call,
        }));
  return reasoning === undefined ? shown : [reasoning, ...shown];
}

function wireItem(item: Item, status: 'in_progress' | 'completed' = 'completed'): object {
  const empty = status === 'in_progress';
  switch (item.kind) {
    case 'reasoning':
      return item.wire;
    case 'message':
      return {
        id: item.id,
        type: 'message',
        status,
        role: 'assistant',
        content: empty ? [] : [textPart(item.text)],
      };
    case 'call': {
      const { name, inputJson } = item.call;
      const args = empty ? '' : inputJson;
      return { id: item.id, type: 'function_call', status, arguments: args, call_id: item.callId, name };
    }
    default:
      return item satisfies never;
  }
}

const textPart = (text: string) => ({ type: 'output_text', annotations: [], logprobs: [], text });

function responseOf({ request, stamp }: ResponsesArgs, more: object) {
  return {
    id: `resp_${stamp.id}`,
    object: 'response',
    created_at: Math.floor(stamp.unixMs / 1000),
    status: 'in_progress',
    background: false,
    error: null,
    incomplete_details: null,
    instructions: request.instructions ?? null,
    max_output_tokens: request.max_output_tokens ?? null,
    model: request.model,
    output: [],
    parallel_tool_calls: request.parallel_tool_calls ?? true,
    previous_response_id: null,
    reasoning: { effort: request.reasoning?.effort ?? null, summary: null },
    service_tier: 'default',
    store: request.store ?? true,
    usage: null,
    metadata: {},
    ...more,
  };
}

function finished(args: ResponsesArgs) {
  const { answer, usage } = args;
  const cut = answer.finish.kind === 'length';
  return responseOf(args, {
    status: cut ? 'incomplete' : 'completed',
    incomplete_details: cut ? { reason: 'max_output_tokens' } : null,
    output: itemsOf(args).map((item) => wireItem(item)),
    usage: usage === 'report' ? usageOf(answer.usage) : null,
  });
}

type Write = (type: string, fields: object) => string;

function* streamFrames(args: ResponsesArgs): Generator<Frame> {
  let sequence = 0;
  const write: Write = (type, fields) =>
    `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: sequence++, ...fields })}\n\n`;
  const response = responseOf(args, {});
  yield plain(write('response.created', { response }));
  yield plain(write('response.in_progress', { response }));
  for (const [output_index, item] of itemsOf(args).entries()) {
    yield plain(write('response.output_item.added', { output_index, item: wireItem(item, 'in_progress') }));
    yield* growth({ item, output_index, write, tokensPerChunk: args.tokensPerChunk });
    const hidden = item.kind === 'reasoning' ? item.tokens : 0;
    const data = write('response.output_item.done', { output_index, item: wireItem(item) });
    yield { data, tokens: hidden, reasoningTokens: hidden };
  }
  const last = finished(args);
  yield plain(write(`response.${last.status}`, { response: last }));
}

interface Growth {
  readonly item: Item;
  readonly output_index: number;
  readonly write: Write;
  readonly tokensPerChunk: number;
}

function* growth({ item, output_index, write, tokensPerChunk }: Growth): Generator<Frame> {
  if (item.kind === 'message') {
    const at = { item_id: item.id, output_index, content_index: 0 };
    yield plain(write('response.content_part.added', { ...at, part: textPart('') }));
    for (const { text, tokens } of splitIntoChunks(item.text, tokensPerChunk)) {
      const data = write('response.output_text.delta', { ...at, delta: text, logprobs: [] });
      yield { data, tokens, reasoningTokens: 0 };
    }
    yield plain(write('response.output_text.done', { ...at, text: item.text, logprobs: [] }));
    yield plain(write('response.content_part.done', { ...at, part: textPart(item.text) }));
  }
  if (item.kind !== 'call') return;
  const at = { item_id: item.id, output_index };
  const { name, inputJson } = item.call;
  let naming = countTokens(name);
  for (const { text, tokens } of splitIntoChunks(inputJson, tokensPerChunk)) {
    const data = write('response.function_call_arguments.delta', { ...at, delta: text });
    yield { data, tokens: tokens + naming, reasoningTokens: 0 };
    naming = 0;
  }
  yield plain(write('response.function_call_arguments.done', { ...at, arguments: inputJson }));
}

function usageOf({ inputTokens, cachedInputTokens, outputTokens, reasoningTokens }: TokenCounts) {
  return {
    input_tokens: inputTokens,
    input_tokens_details: { cached_tokens: cachedInputTokens },
    output_tokens: outputTokens,
    output_tokens_details: { reasoning_tokens: reasoningTokens },
    total_tokens: inputTokens + outputTokens,
  };
}

function plain(data: string): Frame {
  return { data, tokens: 0, reasoningTokens: 0 };
}
