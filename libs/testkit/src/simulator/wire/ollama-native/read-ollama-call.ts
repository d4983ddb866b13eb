import { definitionPiece, messagePiece, type PromptPart } from '../../answer/prompt-piece.ts';
import {
  type AnswerForm,
  type LastTurn,
  type PromptPiece,
  REASONING_TOKENS,
  type ReasoningWish,
  type SimulatedCall,
} from '../../answer/simulated-call.ts';
import { checkShape } from '../../shape/check-shape.ts';
import type { CallReading, CallSource } from '../wire-format.ts';
import { type OllamaMessage, type OllamaRequest, ollamaRequestShape } from './ollama-request.ts';
import { ollamaWriter } from './ollama-writer.ts';

/** Reads `POST /api/chat`. Without `stream: false` the answer is streamed. */
export function readOllamaCall({ body, unknownFields, tokensPerChunk }: CallSource): CallReading {
  const loose = (body ?? {}) as { model?: unknown; stream?: unknown };
  const known = {
    ...(typeof loose.model === 'string' && { model: loose.model }),
    stream: loose.stream !== false,
  };
  const checked = checkShape<OllamaRequest>({ shape: ollamaRequestShape, value: body, unknownFields });
  if (!checked.ok) return { kind: 'refused', problem: { kind: 'shape', problem: checked.problem }, ...known };
  const request = checked.value;
  return { kind: 'call', call: toCall(request), writer: ollamaWriter({ request, tokensPerChunk }) };
}

function toCall(request: OllamaRequest): SimulatedCall {
  const { num_predict, stop = [] } = request.options ?? {};
  return {
    model: request.model,
    stream: request.stream !== false,
    prompt: promptOf(request),
    lastTurn: lastTurnOf(request.messages.at(-1) as OllamaMessage),
    tools: (request.tools ?? []).map(({ function: { name, parameters } }) => ({ name, schema: parameters })),
    toolChoice: { kind: 'auto' },
    parallelTools: true,
    // Below zero there is no bound.
    ...(num_predict !== undefined && num_predict >= 0 && { maxOutputTokens: num_predict }),
    stopSequences: stop,
    form: formOf(request),
    reasoning: reasoningOf(request.think),
  };
}

function promptOf({ tools, format, messages }: OllamaRequest): PromptPiece[] {
  return [
    ...(tools?.length ? [definitionPiece(tools)] : []),
    ...(typeof format === 'object' && format !== null ? [definitionPiece(format)] : []),
    ...messages.map((message) => messagePiece({ role: message.role, parts: partsOf(message) })),
  ];
}

function partsOf({ content = '', images, tool_calls }: OllamaMessage): PromptPart[] {
  return [
    ...(content === '' ? [] : [{ kind: 'text' as const, text: content }]),
    ...(images ?? []).map((source) => ({ kind: 'media' as const, source })),
    ...(tool_calls ?? []).flatMap(({ function: called }) => [
      { kind: 'text' as const, text: called.name },
      { kind: 'text' as const, text: JSON.stringify(called.arguments) },
    ]),
  ];
}

const lastTurnOf = ({ role, content = '' }: OllamaMessage): LastTurn =>
  role === 'user' ? { from: 'user', text: content } : { from: role };

function formOf({ format }: OllamaRequest): AnswerForm {
  if (format === undefined || format === null) return { kind: 'prose' };
  return typeof format === 'string' ? { kind: 'json' } : { kind: 'json', schema: format };
}

function reasoningOf(think: OllamaRequest['think']): ReasoningWish {
  if (think === undefined || think === null) return { kind: 'unspecified' };
  if (think === false) return { kind: 'off' };
  const level = think === true ? 'medium' : (think as keyof typeof REASONING_TOKENS);
  return { kind: 'tokens', tokens: REASONING_TOKENS[level] };
}
