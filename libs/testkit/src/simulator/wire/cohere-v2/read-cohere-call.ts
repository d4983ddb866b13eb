import { definitionPiece, messagePiece, type PromptPart } from '../../answer/prompt-piece.ts';
import {
  type AnswerForm,
  type LastTurn,
  type PromptPiece,
  REASONING_TOKENS,
  type ReasoningWish,
  type SimulatedCall,
  type ToolChoice,
} from '../../answer/simulated-call.ts';
import { checkShape } from '../../shape/check-shape.ts';
import type { CallReading, CallSource } from '../wire-format.ts';
import { type CohereMessage, type CohereRequest, cohereRequestShape } from './cohere-request.ts';
import { cohereWriter } from './cohere-writer.ts';

/** Reads `POST /v2/chat`. */
export function readCohereCall({ body, unknownFields, tokensPerChunk }: CallSource): CallReading {
  const loose = (body ?? {}) as { model?: unknown; stream?: unknown };
  const known = {
    ...(typeof loose.model === 'string' && { model: loose.model }),
    stream: loose.stream === true,
  };
  const checked = checkShape<CohereRequest>({ shape: cohereRequestShape, value: body, unknownFields });
  if (!checked.ok) return { kind: 'refused', problem: { kind: 'shape', problem: checked.problem }, ...known };
  const request = checked.value;
  const stray = request.messages.find(({ role, content, tool_calls }) =>
    isEmpty({ role, content, tool_calls }),
  );
  if (stray !== undefined) {
    const message = `invalid request: all elements in messages must have ${stray.role === 'assistant' ? 'content or tool calls' : 'content'}`;
    return { kind: 'refused', problem: { kind: 'rule', message, field: 'messages' }, ...known };
  }
  return { kind: 'call', call: toCall(request), writer: cohereWriter({ tokensPerChunk }) };
}

const isEmpty = ({ role, content, tool_calls }: CohereMessage): boolean =>
  role === 'assistant' ? (content ?? '') === '' && tool_calls === undefined : (content ?? '') === '';

function toCall(request: CohereRequest): SimulatedCall {
  const { max_tokens, stop_sequences = [], tools = [] } = request;
  return {
    model: request.model,
    stream: request.stream,
    prompt: promptOf(request),
    lastTurn: lastTurnOf(request.messages.at(-1) as CohereMessage),
    tools: tools.map(({ function: { name, parameters } }) => ({ name, schema: parameters })),
    toolChoice: choiceOf(request),
    parallelTools: true,
    ...(max_tokens !== undefined && { maxOutputTokens: max_tokens }),
    stopSequences: stop_sequences,
    form: formOf(request),
    reasoning: reasoningOf(request.thinking),
  };
}

function choiceOf({ tool_choice }: CohereRequest): ToolChoice {
  if (tool_choice === 'NONE') return { kind: 'none' };
  return { kind: tool_choice === 'REQUIRED' ? 'required' : 'auto' };
}

function promptOf({ tools, response_format, messages }: CohereRequest): PromptPiece[] {
  return [
    ...(tools?.length ? [definitionPiece(tools)] : []),
    ...(response_format?.json_schema === undefined ? [] : [definitionPiece(response_format.json_schema)]),
    ...messages.map((message) => messagePiece({ role: message.role, parts: partsOf(message) })),
  ];
}

function partsOf({ content, tool_plan = '', tool_calls = [] }: CohereMessage): PromptPart[] {
  const blocks = typeof content === 'string' ? [{ type: 'text' as const, text: content }] : (content ?? []);
  return [
    ...blocks.map(
      (block): PromptPart =>
        block.type === 'text'
          ? { kind: 'text', text: block.text }
          : { kind: 'media', source: block.image_url.url },
    ),
    ...(tool_plan === '' ? [] : [{ kind: 'text' as const, text: tool_plan }]),
    ...tool_calls.flatMap(({ function: called }) => [
      { kind: 'text' as const, text: called.name },
      { kind: 'text' as const, text: called.arguments },
    ]),
  ];
}

function lastTurnOf({ role, content }: CohereMessage): LastTurn {
  if (role !== 'user') return { from: role };
  const said = typeof content === 'string' ? [content] : (content ?? []).map((block) => textOf(block));
  return { from: 'user', text: said.filter((text) => text !== '').join('\n') };
}

const textOf = (block: { readonly type: string; readonly text?: string }): string => block.text ?? '';

function formOf({ response_format: format }: CohereRequest): AnswerForm {
  if (format === undefined || format.type === 'text') return { kind: 'prose' };
  return format.json_schema === undefined ? { kind: 'json' } : { kind: 'json', schema: format.json_schema };
}

function reasoningOf(thinking: CohereRequest['thinking']): ReasoningWish {
  if (thinking === undefined) return { kind: 'unspecified' };
  if (thinking.type === 'disabled') return { kind: 'off' };
  return { kind: 'tokens', tokens: thinking.token_budget ?? REASONING_TOKENS.medium };
}
