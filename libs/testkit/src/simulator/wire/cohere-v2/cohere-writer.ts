import type { Answer } from '../../answer/answer.ts';
import { toolCallTokens } from '../../answer/plan-tools.ts';
import { splitIntoChunks } from '../../answer/tokens.ts';
import type { AnswerWriter, Frame, WriteArgs } from '../wire-format.ts';

interface WriterArgs {
  readonly tokensPerChunk: number;
}

type CohereArgs = WriterArgs & WriteArgs;

/** Tokens of Cohere's own instructions, which are counted and not billed. */
const OWN_TOKENS = 495;

/** Writes the answer of `/v2/chat`: whole, or as events. */
export function cohereWriter(args: WriterArgs): AnswerWriter {
  return {
    streamContentType: 'text/event-stream',
    unary: (write) => unaryBody({ ...args, ...write }),
    stream: (write) => streamFrames({ ...args, ...write }),
  };
}

function unaryBody(args: CohereArgs): string {
  const { answer, stamp } = args;
  const text = answer.content.kind === 'text' ? answer.content.text : '';
  const content = [
    ...(answer.reasoning ? [{ type: 'thinking', thinking: answer.reasoning.text }] : []),
    ...(text === '' ? [] : [{ type: 'text', text }]),
  ];
  return JSON.stringify({
    id: stamp.id,
    message: {
      role: 'assistant',
      ...(content.length > 0 && { content }),
      ...(answer.content.kind === 'tools' && {
        tool_calls: answer.content.calls.map(({ name, inputJson }, index) => ({
          id: callId(args, { name, index }),
          type: 'function',
          function: { name, arguments: inputJson },
        })),
      }),
    },
    ...ending(args),
  });
}

function* streamFrames(args: CohereArgs): Generator<Frame> {
  const { answer, stamp } = args;
  yield frame('message-start', {
    id: stamp.id,
    delta: { message: { role: 'assistant', content: [], tool_plan: '', tool_calls: [], citations: [] } },
  });
  let index = 0;
  if (answer.reasoning) yield* block(args, { index: index++, key: 'thinking', text: answer.reasoning.text });
  if (answer.content.kind === 'text') yield* block(args, { index, key: 'text', text: answer.content.text });
  else yield* calls(args, answer.content.calls);
  const end = frame('message-end', { delta: ending(args) });
  yield { ...end, data: `${end.data}data: [DONE]\n\n` };
}

function* block(
  { tokensPerChunk }: CohereArgs,
  { index, key, text }: { readonly index: number; readonly key: 'thinking' | 'text'; readonly text: string },
): Generator<Frame> {
  yield frame('content-start', { index, delta: { message: { content: { type: key, [key]: '' } } } });
  for (const { text: piece, tokens } of splitIntoChunks(text, tokensPerChunk)) {
    const delta = { message: { content: { [key]: piece } } };
    yield {
      ...frame('content-delta', { index, delta }),
      tokens,
      reasoningTokens: key === 'thinking' ? tokens : 0,
    };
  }
  yield frame('content-end', { index });
}

type Calls = Extract<Answer['content'], { kind: 'tools' }>['calls'];

/** A call is one event after another, all with its number. */
function* calls(args: CohereArgs, made: Calls): Generator<Frame> {
  for (const [index, call] of made.entries()) {
    const { name, inputJson } = call;
    const started = {
      id: callId(args, { name, index }),
      type: 'function',
      function: { name, arguments: '' },
    };
    yield frame('tool-call-start', { index, delta: { message: { tool_calls: started } } });
    const added = { message: { tool_calls: { function: { arguments: inputJson } } } };
    yield { ...frame('tool-call-delta', { index, delta: added }), tokens: toolCallTokens(call) };
    yield frame('tool-call-end', { index });
  }
}

const frame = (type: string, rest: object): Frame => ({
  data: `event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`,
  tokens: 0,
  reasoningTokens: 0,
});

const callId = (
  { stamp }: CohereArgs,
  { name, index }: { readonly name: string; readonly index: number },
): string => `${name}_${stamp.id}${index}`;

function ending({ answer, usage }: CohereArgs): object {
  const { inputTokens, outputTokens } = answer.usage;
  const reported = {
    billed_units: { input_tokens: inputTokens, output_tokens: outputTokens },
    tokens: { input_tokens: inputTokens + OWN_TOKENS, output_tokens: outputTokens },
    cached_tokens: 0,
  };
  return { finish_reason: finishReason(answer), ...(usage === 'report' && { usage: reported }) };
}

function finishReason({ finish, content }: Answer): string {
  if (finish.kind === 'length') return 'MAX_TOKENS';
  if (content.kind === 'tools') return 'TOOL_CALL';
  return finish.kind === 'stop-sequence' ? 'STOP_SEQUENCE' : 'COMPLETE';
}
