import type { Answer } from '../../answer/answer.ts';
import { toolCallTokens } from '../../answer/plan-tools.ts';
import { splitIntoChunks } from '../../answer/tokens.ts';
import type { AnswerWriter, Frame, WriteArgs } from '../wire-format.ts';
import type { OllamaRequest } from './ollama-request.ts';

const NANOSECONDS = 1_000_000;

interface WriterArgs {
  readonly request: OllamaRequest;
  readonly tokensPerChunk: number;
}

/** Writes the answer of `/api/chat`: one object, or one in each line. */
export function ollamaWriter(args: WriterArgs): AnswerWriter {
  return {
    streamContentType: 'application/x-ndjson',
    unary: (write) => unaryBody({ ...args, ...write }),
    stream: (write) => streamFrames({ ...args, ...write }),
  };
}

type OllamaArgs = WriterArgs & WriteArgs;

function unaryBody(args: OllamaArgs): string {
  const { answer } = args;
  const message = {
    role: 'assistant',
    content: answer.content.kind === 'text' ? answer.content.text : '',
    ...(answer.reasoning && { thinking: answer.reasoning.text }),
    ...(answer.content.kind === 'tools' && { tool_calls: toolCalls(args, answer.content.calls) }),
  };
  return JSON.stringify({ ...head(args), message, ...ending(args) });
}

function* streamFrames(args: OllamaArgs): Generator<Frame> {
  const { answer, tokensPerChunk } = args;
  const line = (message: object, end: object = { done: false }) =>
    `${JSON.stringify({ ...head(args), message: { role: 'assistant', content: '', ...message }, ...end })}\n`;
  for (const { text, tokens } of splitIntoChunks(answer.reasoning?.text ?? '', tokensPerChunk))
    yield { data: line({ thinking: text }), tokens, reasoningTokens: tokens };
  if (answer.content.kind === 'text') {
    for (const { text, tokens } of splitIntoChunks(answer.content.text, tokensPerChunk))
      yield { data: line({ content: text }), tokens, reasoningTokens: 0 };
  } else {
    // A call comes whole, each in a line of its own.
    for (const [index, tool_call] of toolCalls(args, answer.content.calls).entries()) {
      const tokens = toolCallTokens(answer.content.calls[index] as (typeof answer.content.calls)[number]);
      yield { data: line({ tool_calls: [tool_call] }), tokens, reasoningTokens: 0 };
    }
  }
  yield { data: line({}, ending(args)), tokens: 0, reasoningTokens: 0 };
}

const head = ({ request, stamp }: OllamaArgs) => ({
  model: request.model,
  created_at: new Date(stamp.unixMs).toISOString(),
});

function toolCalls({ stamp }: OllamaArgs, calls: Extract<Answer['content'], { kind: 'tools' }>['calls']) {
  return calls.map(({ name, input }, index) => ({
    id: `call_${stamp.id}${index}`,
    function: { index, name, arguments: input },
  }));
}

function ending({ answer, stamp, usage }: OllamaArgs): object {
  const spent = Math.round(stamp.processingMs * NANOSECONDS);
  return {
    done_reason: answer.finish.kind === 'length' ? 'length' : 'stop',
    done: true,
    total_duration: spent,
    load_duration: 0,
    ...(usage === 'report' && {
      prompt_eval_count: answer.usage.inputTokens,
      prompt_eval_duration: spent,
      eval_count: answer.usage.outputTokens,
      eval_duration: spent,
    }),
  };
}
