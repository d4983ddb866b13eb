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
import {
  type InputItem,
  type InputPart,
  type ResponsesRequest,
  responsesRequestShape,
} from './responses-request.ts';
import { findBrokenResponsesRule } from './responses-rules.ts';
import { responsesWriter } from './responses-writer.ts';

/** Reads `POST /v1/responses`. */
export function readResponsesCall({ body, unknownFields, tokensPerChunk }: CallSource): CallReading {
  const loose = (body ?? {}) as { model?: unknown; stream?: unknown };
  const known = {
    ...(typeof loose.model === 'string' && { model: loose.model }),
    stream: loose.stream === true,
  };
  const value = withTypes(body);
  const checked = checkShape<ResponsesRequest>({ shape: responsesRequestShape, value, unknownFields });
  if (!checked.ok) return { kind: 'refused', problem: { kind: 'shape', problem: checked.problem }, ...known };
  const request = checked.value;
  const problem = findBrokenResponsesRule(request);
  if (problem !== undefined) return { kind: 'refused', problem, ...known };
  return { kind: 'call', call: toCall(request), writer: responsesWriter({ request, tokensPerChunk }) };
}

/** A message may leave out its type. */
function withTypes(body: unknown): unknown {
  const { input } = (body ?? {}) as { input?: unknown };
  if (!Array.isArray(input)) return body;
  const items = input.map((item: unknown) =>
    typeof item === 'object' && item !== null && 'role' in item ? { type: 'message', ...item } : item,
  );
  return { ...(body as object), input: items };
}

function toCall(request: ResponsesRequest): SimulatedCall {
  const { max_output_tokens } = request;
  const items = itemsOf(request);
  return {
    model: request.model,
    stream: request.stream === true,
    prompt: promptOf(request, items),
    lastTurn: lastTurnOf(items.at(-1) as InputItem),
    tools: (request.tools ?? []).map(({ name, parameters }) => ({ name, schema: parameters })),
    toolChoice: toolChoiceOf(request),
    parallelTools: request.parallel_tool_calls !== false,
    ...(max_output_tokens != null && { maxOutputTokens: max_output_tokens }),
    stopSequences: [],
    form: formOf(request),
    reasoning: reasoningOf(request.reasoning?.effort),
  };
}

function itemsOf({ instructions, input }: ResponsesRequest): readonly InputItem[] {
  const items: readonly InputItem[] =
    typeof input === 'string' ? [{ type: 'message', role: 'user', content: input }] : input;
  return instructions == null
    ? items
    : [{ type: 'message', role: 'system', content: instructions }, ...items];
}

function promptOf({ tools, text }: ResponsesRequest, items: readonly InputItem[]): PromptPiece[] {
  return [
    ...(tools?.length ? [definitionPiece(tools)] : []),
    ...(text?.format?.schema === undefined ? [] : [definitionPiece(text.format)]),
    ...items.flatMap(pieceOf),
  ];
}

function pieceOf(item: InputItem): PromptPiece[] {
  switch (item.type) {
    case 'message':
      return [messagePiece({ role: item.role, parts: partsOf(item.content) })];
    case 'function_call':
      return [
        messagePiece({
          role: 'assistant',
          parts: [
            { kind: 'text', text: item.name },
            { kind: 'text', text: item.arguments },
          ],
        }),
      ];
    case 'function_call_output':
      return [messagePiece({ role: 'tool', parts: partsOf(item.output) })];
    case 'reasoning':
      return [];
    default:
      return item satisfies never;
  }
}

function partsOf(content: string | readonly InputPart[]): PromptPart[] {
  if (typeof content === 'string') return [{ kind: 'text', text: content }];
  return content.map((part): PromptPart => {
    const text = part.text ?? part.refusal;
    return text === undefined ? { kind: 'media', source: JSON.stringify(part) } : { kind: 'text', text };
  });
}

function lastTurnOf(item: InputItem): LastTurn {
  if (item.type === 'function_call_output') return { from: 'tool' };
  if (item.type !== 'message' || item.role === 'assistant') return { from: 'assistant' };
  if (item.role !== 'user') return { from: 'system' };
  const texts = partsOf(item.content).map((part) => (part.kind === 'text' ? part.text : ''));
  return { from: 'user', text: texts.join('\n') };
}

function toolChoiceOf({ tool_choice = 'auto' }: ResponsesRequest): ToolChoice {
  if (typeof tool_choice === 'string') return { kind: tool_choice as 'auto' | 'none' | 'required' };
  return { kind: 'named', name: tool_choice.name };
}

function formOf({ text }: ResponsesRequest): AnswerForm {
  switch (text?.format?.type) {
    case 'json_object':
      return { kind: 'json' };
    case 'json_schema':
      return { kind: 'json', schema: text.format.schema };
    default:
      return { kind: 'prose' };
  }
}

function reasoningOf(effort: string | null | undefined): ReasoningWish {
  if (effort === undefined || effort === null) return { kind: 'unspecified' };
  if (effort === 'none') return { kind: 'off' };
  return { kind: 'tokens', tokens: REASONING_TOKENS[effort as keyof typeof REASONING_TOKENS] };
}
