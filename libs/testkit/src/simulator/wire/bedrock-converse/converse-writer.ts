import type { Answer, ToolCall } from '../../answer/answer.ts';
import { countTokens, splitIntoChunks } from '../../answer/tokens.ts';
import type { TokenCounts } from '../../stats/simulator-stats.ts';
import type { AnswerWriter, Frame, Stamp, WriteArgs } from '../wire-format.ts';
import { eventMessage } from './event-message.ts';

/** Writes the answer of Converse, and the event stream from `messageStart` to `metadata`. */
export const converseWriter = (tokensPerChunk: number): AnswerWriter => ({
  streamContentType: 'application/vnd.amazon.eventstream',
  unary: unaryBody,
  stream: (write) => streamFrames({ ...write, tokensPerChunk }),
});

/** An event, framed. */
export const converseEvent = (type: string, payload: string): Buffer =>
  eventMessage(
    { ':event-type': type, ':content-type': 'application/json', ':message-type': 'event' },
    payload,
  );

function unaryBody(write: WriteArgs): string {
  const { answer, stamp } = write;
  const { reasoning } = answer;
  const reasoningText = reasoning && { text: reasoning.text, signature: signatureOf(reasoning.text) };
  const content = [
    ...(reasoningText === undefined ? [] : [{ reasoningContent: { reasoningText } }]),
    ...contentBlocks(answer.content, stamp),
  ];
  return JSON.stringify({
    output: { message: { role: 'assistant', content } },
    stopReason: stopReasonOf(answer),
    ...ending(write),
  });
}

function contentBlocks(content: Answer['content'], stamp: Stamp): object[] {
  if (content.kind === 'text') return content.text === '' ? [] : [{ text: content.text }];
  return content.calls.map((call, index) => ({
    toolUse: { ...toolUse(call, stamp, index), input: call.input },
  }));
}

type StreamArgs = WriteArgs & { readonly tokensPerChunk: number };

function* streamFrames(args: StreamArgs): Generator<Frame> {
  const { answer, stamp, tokensPerChunk } = args;
  yield event('messageStart', { role: 'assistant' });
  let contentBlockIndex = 0;
  if (answer.reasoning !== undefined) yield* reasoningFrames(args, contentBlockIndex++);
  if (answer.content.kind === 'text') {
    for (const { text, tokens } of splitIntoChunks(answer.content.text, tokensPerChunk))
      yield event('contentBlockDelta', { contentBlockIndex, delta: { text } }, { tokens });
    yield event('contentBlockStop', { contentBlockIndex });
  } else {
    for (const [at, call] of answer.content.calls.entries())
      yield* toolFrames({
        call,
        start: toolUse(call, stamp, at),
        contentBlockIndex: contentBlockIndex++,
        tokensPerChunk,
      });
  }
  yield event('messageStop', { stopReason: stopReasonOf(answer) });
  yield event('metadata', ending(args));
}

function* reasoningFrames(
  { answer, tokensPerChunk }: StreamArgs,
  contentBlockIndex: number,
): Generator<Frame> {
  const text = answer.reasoning?.text ?? '';
  const grow = (reasoningContent: object) => ({ contentBlockIndex, delta: { reasoningContent } });
  for (const { text: piece, tokens } of splitIntoChunks(text, tokensPerChunk))
    yield event('contentBlockDelta', grow({ text: piece }), { tokens, reasoningTokens: tokens });
  const hidden = (answer.reasoning?.tokens ?? 0) - countTokens(text);
  const signed = grow({ signature: signatureOf(text) });
  yield event('contentBlockDelta', signed, { tokens: hidden, reasoningTokens: hidden });
  yield event('contentBlockStop', { contentBlockIndex });
}

function* toolFrames({
  call,
  start,
  contentBlockIndex,
  tokensPerChunk,
}: {
  readonly call: ToolCall;
  readonly start: object;
  readonly contentBlockIndex: number;
  readonly tokensPerChunk: number;
}): Generator<Frame> {
  const tokens = countTokens(call.name);
  yield event('contentBlockStart', { contentBlockIndex, start: { toolUse: start } }, { tokens });
  for (const { text, tokens } of splitIntoChunks(call.inputJson, tokensPerChunk))
    yield event('contentBlockDelta', { contentBlockIndex, delta: { toolUse: { input: text } } }, { tokens });
  yield event('contentBlockStop', { contentBlockIndex });
}

const toolUse = ({ name }: ToolCall, { id }: Stamp, index: number) => ({
  toolUseId: `tooluse_${id}${index}`,
  name,
});

const signatureOf = (text: string): string =>
  Buffer.from(`simulated:${countTokens(text)}`).toString('base64');

function ending({ answer, stamp, usage }: WriteArgs): object {
  return {
    ...(usage === 'report' && { usage: usageOf(answer.usage) }),
    metrics: { latencyMs: Math.round(stamp.processingMs) },
  };
}

/** `inputTokens` is only what was neither read from nor written to the cache. */
function usageOf(usage: TokenCounts) {
  const { inputTokens, cachedInputTokens, cacheWrite5mTokens, cacheWrite1hTokens, outputTokens } = usage;
  return {
    inputTokens: inputTokens - cachedInputTokens - cacheWrite5mTokens - cacheWrite1hTokens,
    outputTokens,
    totalTokens: inputTokens + outputTokens,
    cacheReadInputTokens: cachedInputTokens,
    cacheWriteInputTokens: cacheWrite5mTokens + cacheWrite1hTokens,
    cacheDetails: [
      { ttl: '5m', inputTokens: cacheWrite5mTokens },
      { ttl: '1h', inputTokens: cacheWrite1hTokens },
    ],
  };
}

function stopReasonOf({ finish }: Answer): string {
  switch (finish.kind) {
    case 'end':
      return 'end_turn';
    case 'length':
      return 'max_tokens';
    case 'tools':
      return 'tool_use';
    case 'stop-sequence':
      return 'stop_sequence';
    default:
      return finish satisfies never;
  }
}

function event(
  type: string,
  payload: object,
  { tokens = 0, reasoningTokens = 0 }: { tokens?: number; reasoningTokens?: number } = {},
): Frame {
  return { data: converseEvent(type, JSON.stringify(payload)), tokens, reasoningTokens };
}
