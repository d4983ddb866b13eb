import type { Answer, ToolCall } from '../../answer/answer.ts';
import { countTokens, splitIntoChunks } from '../../answer/tokens.ts';
import type { TokenCounts } from '../../stats/simulator-stats.ts';
import type { AnswerWriter, Frame, Stamp, WriteArgs } from '../wire-format.ts';
import type { MessagesRequest } from './messages-request.ts';
import { thinkingSignature } from './thinking-signature.ts';

/** Writes `message` bodies and the event stream from `message_start` to `message_stop`. */
export function messagesWriter(args: {
  readonly request: MessagesRequest;
  readonly tokensPerChunk: number;
}): AnswerWriter {
  return {
    streamContentType: 'text/event-stream; charset=utf-8',
    unary: (write) => unaryBody({ ...args, ...write }),
    stream: (write) => streamFrames({ ...args, ...write }),
  };
}

interface MessageArgs extends WriteArgs {
  readonly request: MessagesRequest;
  readonly tokensPerChunk: number;
}

function unaryBody(args: MessageArgs): string {
  const { answer, stamp, request } = args;
  const { reasoning, content } = answer;
  const thinking = reasoning && {
    type: 'thinking',
    thinking: shownThinking(request, reasoning.text),
    signature: thinkingSignature(reasoning.text),
  };
  return JSON.stringify({
    model: request.model,
    id: `msg_${stamp.id}`,
    type: 'message',
    role: 'assistant',
    content: [...(thinking ? [thinking] : []), ...contentBlocks(content, stamp)],
    ...stopOf(answer),
    stop_details: null,
    ...(args.usage === 'report' && {
      usage: { ...inputUsage(answer.usage), ...outputUsage(answer.usage), ...USAGE_TAIL },
    }),
  });
}

function contentBlocks(content: Answer['content'], stamp: Stamp): object[] {
  switch (content.kind) {
    case 'text':
      // A message that was cut before its first word has no block at all.
      return content.text === '' ? [] : [{ type: 'text', text: content.text }];
    case 'tools':
      return content.calls.map((call, index) => ({ ...toolUse(call, stamp, index), input: call.input }));
    default:
      return content satisfies never;
  }
}

function* streamFrames(args: MessageArgs): Generator<Frame> {
  const { answer, stamp, request } = args;
  yield event('message_start', {
    message: {
      model: request.model,
      id: `msg_${stamp.id}`,
      type: 'message',
      role: 'assistant',
      content: [],
      stop_reason: null,
      stop_sequence: null,
      stop_details: null,
      ...(args.usage === 'report' && {
        // What was generated so far: the real API counts the first token here.
        usage: {
          ...inputUsage(answer.usage),
          output_tokens: Math.min(1, answer.usage.outputTokens),
          ...USAGE_TAIL,
        },
      }),
    },
  });
  let pinged = false;
  for (const frame of blockFrames(args)) {
    yield frame;
    if (!pinged) yield event('ping', {});
    pinged = true;
  }
  const { cache_creation: _, ...input } = inputUsage(answer.usage);
  yield event('message_delta', {
    delta: { ...stopOf(answer), stop_details: null },
    ...(args.usage === 'report' && { usage: { ...input, ...outputUsage(answer.usage) } }),
  });
  yield event('message_stop', {});
}

function* blockFrames(args: MessageArgs): Generator<Frame> {
  const { answer, stamp, tokensPerChunk } = args;
  let index = 0;
  if (answer.reasoning !== undefined) yield* thinkingFrames(args, index++);
  switch (answer.content.kind) {
    case 'text':
      if (answer.content.text === '') return;
      yield event('content_block_start', { index, content_block: { type: 'text', text: '' } });
      for (const { text, tokens } of splitIntoChunks(answer.content.text, tokensPerChunk)) {
        yield event('content_block_delta', { index, delta: { type: 'text_delta', text } }, { tokens });
      }
      yield event('content_block_stop', { index });
      return;
    case 'tools':
      for (const [at, call] of answer.content.calls.entries()) {
        yield* toolFrames({ call, block: toolUse(call, stamp, at), index: index++, tokensPerChunk });
      }
      return;
    default:
      answer.content satisfies never;
  }
}

function* thinkingFrames({ answer, request, tokensPerChunk }: MessageArgs, index: number): Generator<Frame> {
  const full = answer.reasoning?.text ?? '';
  const shown = shownThinking(request, full);
  yield event('content_block_start', {
    index,
    content_block: { type: 'thinking', thinking: '', signature: '' },
  });
  for (const { text, tokens } of splitIntoChunks(shown, tokensPerChunk)) {
    yield event(
      'content_block_delta',
      { index, delta: { type: 'thinking_delta', thinking: text } },
      { tokens, reasoningTokens: tokens },
    );
  }
  const hidden = (answer.reasoning?.tokens ?? 0) - countTokens(shown);
  yield event(
    'content_block_delta',
    { index, delta: { type: 'signature_delta', signature: thinkingSignature(full) } },
    { tokens: hidden, reasoningTokens: hidden },
  );
  yield event('content_block_stop', { index });
}

function* toolFrames(args: { call: ToolCall; block: object; index: number; tokensPerChunk: number }) {
  const { call, block, index, tokensPerChunk } = args;
  const delta = (partial_json: string) => ({ index, delta: { type: 'input_json_delta', partial_json } });
  yield event(
    'content_block_start',
    { index, content_block: { ...block, input: {} } },
    { tokens: countTokens(call.name) },
  );
  yield event('content_block_delta', delta(''));
  for (const { text, tokens } of splitIntoChunks(call.inputJson, tokensPerChunk)) {
    yield event('content_block_delta', delta(text), { tokens });
  }
  yield event('content_block_stop', { index });
}

const USAGE_TAIL = { service_tier: 'standard', inference_geo: 'simulated' } as const;

/** `input_tokens` is only what was neither read from nor written to the cache. */
function inputUsage(usage: TokenCounts) {
  const written = usage.cacheWrite5mTokens + usage.cacheWrite1hTokens;
  return {
    input_tokens: usage.inputTokens - usage.cachedInputTokens - written,
    cache_creation_input_tokens: written,
    cache_read_input_tokens: usage.cachedInputTokens,
    cache_creation: {
      ephemeral_5m_input_tokens: usage.cacheWrite5mTokens,
      ephemeral_1h_input_tokens: usage.cacheWrite1hTokens,
    },
  };
}

function outputUsage({ outputTokens, reasoningTokens }: TokenCounts) {
  return { output_tokens: outputTokens, output_tokens_details: { thinking_tokens: reasoningTokens } };
}

function stopOf({ finish }: Answer): { stop_reason: string; stop_sequence: string | null } {
  switch (finish.kind) {
    case 'end':
      return { stop_reason: 'end_turn', stop_sequence: null };
    case 'length':
      return { stop_reason: 'max_tokens', stop_sequence: null };
    case 'tools':
      return { stop_reason: 'tool_use', stop_sequence: null };
    case 'stop-sequence':
      return { stop_reason: 'stop_sequence', stop_sequence: finish.sequence };
    default:
      return finish satisfies never;
  }
}

function toolUse(call: ToolCall, stamp: Stamp, index: number) {
  return { type: 'tool_use', id: `toolu_${stamp.id}${index}`, name: call.name };
}

function shownThinking({ thinking }: MessagesRequest, full: string): string {
  return thinking !== undefined && thinking.type !== 'disabled' && thinking.display === 'omitted' ? '' : full;
}

function event(
  type: string,
  fields: object,
  counts: { tokens?: number; reasoningTokens?: number } = {},
): Frame {
  const data = `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
  return { data, tokens: counts.tokens ?? 0, reasoningTokens: counts.reasoningTokens ?? 0 };
}
