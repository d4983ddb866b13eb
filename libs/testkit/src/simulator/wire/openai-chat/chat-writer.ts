import type { Answer, ToolCall } from '../../answer/answer.ts';
import { countTokens, splitIntoChunks } from '../../answer/tokens.ts';
import type { TokenCounts } from '../../stats/simulator-stats.ts';
import type { AnswerWriter, Frame, Stamp, WriteArgs } from '../wire-format.ts';
import type { ChatRequest } from './chat-request.ts';

const FINGERPRINT = 'fp_simulated';
/** The real API pads events to hide token lengths; always the same here. */
const OBFUSCATION = 'simulated';

/** Writes `chat.completion` bodies and `chat.completion.chunk` streams. */
export function chatWriter(args: {
  readonly request: ChatRequest;
  readonly tokensPerChunk: number;
}): AnswerWriter {
  return {
    streamContentType: 'text/event-stream; charset=utf-8',
    unary: (write) => unaryBody({ ...write, model: args.request.model }),
    stream: (write) => streamFrames({ ...args, ...write }),
  };
}

function unaryBody({ answer, stamp, usage, model }: WriteArgs & { model: string }): string {
  return JSON.stringify({
    id: `chatcmpl-${stamp.id}`,
    object: 'chat.completion',
    created: Math.floor(stamp.unixMs / 1000),
    model,
    choices: [
      { index: 0, message: messageOf(answer, stamp), logprobs: null, finish_reason: finishReason(answer) },
    ],
    ...(usage === 'report' && { usage: usageOf(answer.usage) }),
    service_tier: 'default',
    system_fingerprint: FINGERPRINT,
  });
}

function messageOf(answer: Answer, stamp: Stamp) {
  const message = { role: 'assistant', content: null as string | null, refusal: null, annotations: [] };
  switch (answer.content.kind) {
    case 'text':
      return { ...message, content: answer.content.text };
    case 'tools':
      return {
        ...message,
        tool_calls: answer.content.calls.map((call, index) => ({
          id: callId(stamp, index),
          type: 'function',
          function: { name: call.name, arguments: call.inputJson },
        })),
      };
    default:
      return answer.content satisfies never;
  }
}

interface StreamArgs extends WriteArgs {
  readonly request: ChatRequest;
  readonly tokensPerChunk: number;
}

function* streamFrames(args: StreamArgs): Generator<Frame> {
  const { answer, stamp, request } = args;
  const reportUsage = args.usage === 'report' && request.stream_options?.include_usage === true;
  const head = JSON.stringify({
    id: `chatcmpl-${stamp.id}`,
    object: 'chat.completion.chunk',
    created: Math.floor(stamp.unixMs / 1000),
    model: request.model,
    service_tier: 'default',
    system_fingerprint: FINGERPRINT,
  }).slice(0, -1);
  const usageNull = request.stream_options?.include_usage === true ? ',"usage":null' : '';
  const padding =
    request.stream_options?.include_obfuscation === false ? '' : `,"obfuscation":"${OBFUSCATION}"`;
  const chunk = (delta: string, finish: string | null = null) =>
    `data: ${head},"choices":[{"index":0,"delta":${delta},"logprobs":null,"finish_reason":${JSON.stringify(finish)}}]${usageNull}${padding}}\n\n`;

  const reasoningTokens = answer.usage.reasoningTokens;
  const content = answer.content.kind === 'text' ? '""' : 'null';
  yield {
    data: chunk(`{"role":"assistant","content":${content},"refusal":null}`),
    tokens: reasoningTokens,
    reasoningTokens,
  };
  for (const { delta, tokens } of deltas(args)) yield { data: chunk(delta), tokens, reasoningTokens: 0 };
  yield plain(chunk('{}', finishReason(answer)));
  if (reportUsage) {
    const usage = JSON.stringify(usageOf(answer.usage));
    yield plain(`data: ${head},"choices":[],"usage":${usage}${padding}}\n\n`);
  }
  yield plain('data: [DONE]\n\n');
}

function* deltas({
  answer,
  stamp,
  tokensPerChunk,
}: StreamArgs): Generator<{ delta: string; tokens: number }> {
  switch (answer.content.kind) {
    case 'text':
      for (const { text, tokens } of splitIntoChunks(answer.content.text, tokensPerChunk)) {
        yield { delta: `{"content":${JSON.stringify(text)}}`, tokens };
      }
      return;
    case 'tools':
      for (const [index, call] of answer.content.calls.entries()) {
        yield* toolDeltas({ call, index, id: callId(stamp, index), tokensPerChunk });
      }
      return;
    default:
      answer.content satisfies never;
  }
}

function* toolDeltas(args: { call: ToolCall; index: number; id: string; tokensPerChunk: number }) {
  const { call, index, id, tokensPerChunk } = args;
  const start = { index, id, type: 'function', function: { name: call.name, arguments: '' } };
  yield { delta: JSON.stringify({ tool_calls: [start] }), tokens: countTokens(call.name) };
  for (const { text, tokens } of splitIntoChunks(call.inputJson, tokensPerChunk)) {
    yield { delta: JSON.stringify({ tool_calls: [{ index, function: { arguments: text } }] }), tokens };
  }
}

function usageOf(usage: TokenCounts) {
  return {
    prompt_tokens: usage.inputTokens,
    completion_tokens: usage.outputTokens,
    total_tokens: usage.inputTokens + usage.outputTokens,
    prompt_tokens_details: { cached_tokens: usage.cachedInputTokens, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: usage.reasoningTokens,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

function finishReason({ finish }: Answer): string {
  switch (finish.kind) {
    case 'end':
    case 'stop-sequence':
      return 'stop';
    case 'length':
      return 'length';
    case 'tools':
      return 'tool_calls';
    default:
      return finish satisfies never;
  }
}

function callId(stamp: Stamp, index: number): string {
  return `call_${stamp.id}${index}`;
}

function plain(data: string): Frame {
  return { data, tokens: 0, reasoningTokens: 0 };
}
