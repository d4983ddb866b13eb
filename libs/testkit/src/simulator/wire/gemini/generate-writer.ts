import type { Answer } from '../../answer/answer.ts';
import { toolCallTokens } from '../../answer/plan-tools.ts';
import { splitIntoChunks } from '../../answer/tokens.ts';
import type { TokenCounts } from '../../stats/simulator-stats.ts';
import type { AnswerWriter, Frame, WriteArgs } from '../wire-format.ts';
import type { GenerateRequest } from './generate-request.ts';

/** How a stream is framed: `?alt=sse` or, without it, one JSON array that grows. */
export type GeminiFraming = 'unary' | 'sse' | 'json-array';

interface WriterArgs {
  readonly request: GenerateRequest;
  readonly model: string;
  readonly framing: GeminiFraming;
  readonly tokensPerChunk: number;
}

/** Writes `GenerateContentResponse`, whole or as a stream of parts. */
export function generateWriter(args: WriterArgs): AnswerWriter {
  const sse = args.framing !== 'json-array';
  return {
    streamContentType: sse ? 'text/event-stream' : 'application/json; charset=UTF-8',
    unary: (write) => unaryBody({ ...args, ...write }),
    stream: (write) => (sse ? sseFrames({ ...args, ...write }) : arrayFrames({ ...args, ...write })),
  };
}

type GenerateArgs = WriterArgs & WriteArgs;

/** The real API's blank lines are CRLF. */
function* sseFrames(args: GenerateArgs): Generator<Frame> {
  for (const { body, tokens, reasoningTokens } of chunks(args)) {
    yield { data: `data: ${JSON.stringify(body)}\r\n\r\n`, tokens, reasoningTokens };
  }
}

function* arrayFrames(args: GenerateArgs): Generator<Frame> {
  let lead = '[';
  for (const { body, tokens, reasoningTokens } of chunks(args)) {
    yield { data: lead + JSON.stringify(body, null, 2), tokens, reasoningTokens };
    lead = ',\r\n';
  }
  yield { data: ']', tokens: 0, reasoningTokens: 0 };
}

function unaryBody(args: GenerateArgs): string {
  const { answer } = args;
  const undivided = { ...args, tokensPerChunk: Number.POSITIVE_INFINITY };
  const parts = [...steps(undivided)].flatMap((step) => step.parts);
  const body = response({
    args,
    candidate: { content: contentOf(parts), finishReason: finishReason(answer), index: 0 },
    usage: answer.usage,
  });
  return JSON.stringify(body, null, 2);
}

interface Chunk {
  readonly body: object;
  readonly tokens: number;
  readonly reasoningTokens: number;
}

function* chunks(args: GenerateArgs): Generator<Chunk> {
  const { answer } = args;
  const soFar = { outputTokens: 0, reasoningTokens: 0 };
  const counted = (): TokenCounts => ({ ...answer.usage, ...soFar });
  for (const { parts, tokens, reasoningTokens } of steps(args)) {
    soFar.outputTokens += tokens;
    soFar.reasoningTokens += reasoningTokens;
    const candidate = { content: { parts, role: 'model' }, index: 0 };
    yield { body: response({ args, candidate, usage: counted() }), tokens, reasoningTokens };
  }
  const end = {
    content: { parts: [{ text: '' }], role: 'model' },
    finishReason: finishReason(answer),
    index: 0,
  };
  yield {
    body: response({ args, candidate: end, usage: answer.usage }),
    tokens: answer.usage.outputTokens - soFar.outputTokens,
    reasoningTokens: answer.usage.reasoningTokens - soFar.reasoningTokens,
  };
}

interface Step {
  readonly parts: readonly GeminiPart[];
  readonly tokens: number;
  readonly reasoningTokens: number;
}

interface GeminiPart {
  readonly text?: string;
  readonly thought?: true;
  readonly functionCall?: object;
  readonly thoughtSignature?: string;
}

/** Hidden thoughts are generated before the first visible part and counted with it. */
function* steps({ answer, request, tokensPerChunk }: GenerateArgs): Generator<Step> {
  const { reasoning } = answer;
  let hidden = reasoning?.tokens ?? 0;
  if (reasoning !== undefined && request.generationConfig?.thinkingConfig?.includeThoughts === true) {
    hidden = 0;
    for (const { text, tokens } of splitIntoChunks(reasoning.text, tokensPerChunk)) {
      yield { parts: [{ text, thought: true }], tokens, reasoningTokens: tokens };
    }
  }
  for (const { parts, tokens } of contentSteps({ answer, tokensPerChunk })) {
    yield { parts, tokens: tokens + hidden, reasoningTokens: hidden };
    hidden = 0;
  }
}

function* contentSteps(args: { answer: Answer; tokensPerChunk: number }) {
  const { answer, tokensPerChunk } = args;
  // What signs the thoughts; the real API puts it on the first part that follows them.
  let signature = answer.reasoning && { thoughtSignature: SIGNATURE };
  switch (answer.content.kind) {
    case 'text':
      for (const { text, tokens } of splitIntoChunks(answer.content.text, tokensPerChunk)) {
        yield { parts: [{ text, ...signature }], tokens };
        signature = undefined;
      }
      return;
    case 'tools':
      for (const call of answer.content.calls) {
        const functionCall = { name: call.name, args: call.input };
        yield { parts: [{ functionCall, ...signature }], tokens: toolCallTokens(call) };
        signature = undefined;
      }
      return;
    default:
      answer.content satisfies never;
  }
}

/** An answer that was cut before its first word has no parts at all. */
function contentOf(parts: readonly GeminiPart[]) {
  return parts.length === 0 ? { role: 'model' } : { parts, role: 'model' };
}

const SIGNATURE = Buffer.from('simulated-thought-signature').toString('base64');

function response({ args, candidate, usage }: { args: GenerateArgs; candidate: object; usage: TokenCounts }) {
  return {
    candidates: [candidate],
    ...(args.usage === 'report' && { usageMetadata: usageMetadata(usage) }),
    modelVersion: args.model,
    responseId: args.stamp.id,
  };
}

/** As the real API, leaves out what is zero. */
function usageMetadata(usage: TokenCounts) {
  const { inputTokens, cachedInputTokens, outputTokens, reasoningTokens } = usage;
  const visible = outputTokens - reasoningTokens;
  return {
    promptTokenCount: inputTokens,
    ...(visible > 0 && { candidatesTokenCount: visible }),
    totalTokenCount: inputTokens + outputTokens,
    ...(cachedInputTokens > 0 && { cachedContentTokenCount: cachedInputTokens }),
    promptTokensDetails: [{ modality: 'TEXT', tokenCount: inputTokens }],
    ...(cachedInputTokens > 0 && {
      cacheTokensDetails: [{ modality: 'TEXT', tokenCount: cachedInputTokens }],
    }),
    ...(reasoningTokens > 0 && { thoughtsTokenCount: reasoningTokens }),
  };
}

function finishReason({ finish }: Answer): string {
  switch (finish.kind) {
    case 'end':
    case 'stop-sequence':
    case 'tools':
      return 'STOP';
    case 'length':
      return 'MAX_TOKENS';
    default:
      return finish satisfies never;
  }
}
