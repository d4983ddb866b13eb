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
import type { CallReading, CallSource, RequestProblem } from '../wire-format.ts';
import { type ChatMessage, type ChatRequest, type ChatTool, chatRequestShape } from './chat-request.ts';
import { findBrokenChatRule } from './chat-rules.ts';
import { chatWriter } from './chat-writer.ts';

/** vercel/ai, packages/openai/src/chat/__fixtures__/reasoning-model-legacy-parameter-error.json */
const LEGACY_BOUND: RequestProblem = {
  kind: 'rule',
  message:
    "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
  field: 'max_tokens',
  code: 'unsupported_parameter',
};

/** Reads `POST /v1/chat/completions`. */
export function readChatCall({ body, unknownFields, tokensPerChunk }: CallSource): CallReading {
  const loose = (body ?? {}) as { model?: unknown; stream?: unknown };
  const known = {
    ...(typeof loose.model === 'string' && { model: loose.model }),
    stream: loose.stream === true,
  };
  const checked = checkShape<ChatRequest>({ shape: chatRequestShape, value: body, unknownFields });
  if (!checked.ok) {
    return { kind: 'refused', problem: { kind: 'shape', problem: checked.problem }, ...known };
  }
  const problem = findBrokenChatRule(checked.value);
  if (problem !== undefined) return { kind: 'refused', problem, ...known };
  return {
    kind: 'call',
    call: toCall(checked.value),
    writer: chatWriter({ request: checked.value, tokensPerChunk }),
    ...(checked.value.max_tokens != null && { ifReasoningModel: LEGACY_BOUND }),
  };
}

function toCall(request: ChatRequest): SimulatedCall {
  const maxOutputTokens = request.max_completion_tokens ?? request.max_tokens ?? undefined;
  const { stop } = request;
  return {
    model: request.model,
    stream: request.stream === true,
    prompt: promptOf(request),
    lastTurn: lastTurnOf(request.messages.at(-1) as ChatMessage),
    tools: offeredTools(request),
    toolChoice: toolChoiceOf(request),
    parallelTools: request.parallel_tool_calls !== false,
    ...(maxOutputTokens !== undefined && { maxOutputTokens }),
    stopSequences: typeof stop === 'string' ? [stop] : (stop ?? []),
    form: formOf(request),
    reasoning: reasoningOf(request.reasoning_effort),
  };
}

function promptOf({ tools, response_format, messages }: ChatRequest): PromptPiece[] {
  return [
    ...(tools?.length ? [definitionPiece(tools)] : []),
    ...(response_format?.json_schema === undefined ? [] : [definitionPiece(response_format.json_schema)]),
    ...messages.map((message) => messagePiece({ role: message.role, parts: partsOf(message) })),
  ];
}

function partsOf({ content, tool_calls }: ChatMessage): PromptPart[] {
  const parts: PromptPart[] = [];
  if (typeof content === 'string') parts.push({ kind: 'text', text: content });
  else {
    for (const part of content ?? []) {
      const text = part.text ?? part.refusal;
      if (text === undefined) parts.push({ kind: 'media', source: JSON.stringify(part) });
      else parts.push({ kind: 'text', text });
    }
  }
  for (const call of tool_calls ?? []) {
    parts.push({ kind: 'text', text: call.function.name }, { kind: 'text', text: call.function.arguments });
  }
  return parts;
}

function lastTurnOf(message: ChatMessage): LastTurn {
  switch (message.role) {
    case 'user': {
      const texts = partsOf(message).map((part) => (part.kind === 'text' ? part.text : ''));
      return { from: 'user', text: texts.join('\n') };
    }
    case 'developer':
    case 'system':
      return { from: 'system' };
    case 'assistant':
    case 'tool':
      return { from: message.role };
    default:
      return message.role satisfies never;
  }
}

function offeredTools({ tools = [], tool_choice }: ChatRequest) {
  const allowed =
    typeof tool_choice === 'object' && tool_choice.type === 'allowed_tools'
      ? tool_choice.allowed_tools.tools.map((tool) => tool.function?.name)
      : undefined;
  const offered = (tool: ChatTool) => allowed === undefined || allowed.includes(tool.function.name);
  return tools
    .filter(offered)
    .map((tool) => ({ name: tool.function.name, schema: tool.function.parameters }));
}

function toolChoiceOf({ tool_choice = 'auto' }: ChatRequest): ToolChoice {
  if (typeof tool_choice === 'string') return { kind: tool_choice as 'auto' | 'none' | 'required' };
  return tool_choice.type === 'function'
    ? { kind: 'named', name: tool_choice.function.name }
    : { kind: tool_choice.allowed_tools.mode };
}

function formOf({ response_format }: ChatRequest): AnswerForm {
  switch (response_format?.type) {
    case 'json_object':
      return { kind: 'json' };
    case 'json_schema':
      return { kind: 'json', schema: response_format.json_schema?.schema };
    default:
      return { kind: 'prose' };
  }
}

function reasoningOf(effort: string | null | undefined): ReasoningWish {
  if (effort === undefined || effort === null) return { kind: 'unspecified' };
  if (effort === 'none') return { kind: 'off' };
  return { kind: 'tokens', tokens: REASONING_TOKENS[effort as keyof typeof REASONING_TOKENS] };
}
