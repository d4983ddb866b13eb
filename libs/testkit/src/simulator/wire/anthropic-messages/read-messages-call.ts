import {
  definitionPiece,
  MESSAGE_OVERHEAD_TOKENS,
  messagePiece,
  type PromptPart,
} from '../../answer/prompt-piece.ts';
import {
  type LastTurn,
  type PromptPiece,
  REASONING_TOKENS,
  type ReasoningWish,
  type SimulatedCall,
  type ToolChoice,
} from '../../answer/simulated-call.ts';
import { checkShape } from '../../shape/check-shape.ts';
import type { CallReading, CallSource } from '../wire-format.ts';
import type { ApiVersion } from './api-version.ts';
import {
  type Block,
  type CacheControl,
  type Message,
  type MessagesRequest,
  messagesRequestShape,
} from './messages-request.ts';
import { findBrokenMessagesRule } from './messages-rules.ts';
import { messagesWriter } from './messages-writer.ts';
import { findBrokenVersionRule } from './version-rules.ts';

/** Reads `POST /v1/messages`. */
export function readMessagesCall(source: CallSource): CallReading {
  const { body, headers, unknownFields, tokensPerChunk } = source;
  const loose = (body ?? {}) as { model?: unknown; stream?: unknown };
  const known = {
    ...(typeof loose.model === 'string' && { model: loose.model }),
    stream: loose.stream === true,
  };
  const checked = checkShape<MessagesRequest>({ shape: messagesRequestShape, value: body, unknownFields });
  if (!checked.ok) {
    return { kind: 'refused', problem: { kind: 'shape', problem: checked.problem }, ...known };
  }
  const version = headers['anthropic-version'] as ApiVersion;
  const problem = findBrokenVersionRule(checked.value, version) ?? findBrokenMessagesRule(checked.value);
  if (problem !== undefined) return { kind: 'refused', problem, ...known };
  return {
    kind: 'call',
    call: toCall(checked.value),
    writer: messagesWriter({ request: checked.value, tokensPerChunk }),
  };
}

function toCall(request: MessagesRequest): SimulatedCall {
  const format = request.output_config?.format;
  return {
    model: request.model,
    stream: request.stream === true,
    prompt: promptOf(request),
    lastTurn: lastTurnOf(request.messages.at(-1) as Message),
    tools: (request.tools ?? []).map((tool) => ({ name: tool.name, schema: tool.input_schema })),
    toolChoice: toolChoiceOf(request.tool_choice),
    parallelTools: request.tool_choice?.disable_parallel_tool_use !== true,
    maxOutputTokens: request.max_tokens,
    stopSequences: request.stop_sequences ?? [],
    form: format ? { kind: 'json', schema: format.schema } : { kind: 'prose' },
    reasoning: reasoningOf(request),
  };
}

/** Tools, system, messages: the order in which the real API caches. A mark at the top means the last message. */
function promptOf({ tools = [], system, messages, cache_control }: MessagesRequest): PromptPiece[] {
  const systemBlocks = typeof system === 'string' ? [{ type: 'text', text: system }] : (system ?? []);
  const pieces = [
    ...tools.map((tool) => definitionPiece(tool, markOf(tool.cache_control))),
    ...blockPieces({ role: 'system', blocks: systemBlocks }),
    ...messages.flatMap((message) => blockPieces({ role: message.role, blocks: blocksOf(message) })),
  ];
  const last = pieces.at(-1);
  const mark = markOf(cache_control);
  return mark === undefined || last === undefined ? pieces : [...pieces.slice(0, -1), { ...last, mark }];
}

/** Marks cut a message into pieces; the overhead of a message belongs to its first piece. */
function blockPieces(args: { role: string; blocks: readonly Block[] }): PromptPiece[] {
  const pieces: PromptPiece[] = [];
  let parts: PromptPart[] = [];
  for (const [at, block] of args.blocks.entries()) {
    parts.push(...partsOf(block));
    const mark = markOf(block.cache_control);
    if (mark === undefined && at < args.blocks.length - 1) continue;
    const piece = messagePiece({ role: args.role, parts, ...(mark !== undefined && { mark }) });
    pieces.push(pieces.length === 0 ? piece : { ...piece, tokens: piece.tokens - MESSAGE_OVERHEAD_TOKENS });
    parts = [];
  }
  return pieces;
}

function partsOf(block: Block): PromptPart[] {
  switch (block.type) {
    case 'text':
      return [{ kind: 'text', text: block.text ?? '' }];
    case 'tool_use':
      return [
        { kind: 'text', text: block.name ?? '' },
        { kind: 'text', text: JSON.stringify(block.input) },
      ];
    case 'tool_result':
    case 'search_result':
      return blocksOf({ role: 'user', content: block.content ?? '' }).flatMap(partsOf);
    case 'thinking':
      return [{ kind: 'text', text: block.thinking ?? '' }];
    default:
      return [{ kind: 'media', source: JSON.stringify(block) }];
  }
}

function lastTurnOf(message: Message): LastTurn {
  if (message.role !== 'user') return { from: message.role };
  const blocks = blocksOf(message);
  if (blocks.some((block) => block.type === 'tool_result')) return { from: 'tool' };
  return { from: 'user', text: blocks.map((block) => block.text ?? '').join('\n') };
}

function toolChoiceOf(choice: MessagesRequest['tool_choice']): ToolChoice {
  switch (choice?.type) {
    case undefined:
    case 'auto':
      return { kind: 'auto' };
    case 'any':
      return { kind: 'required' };
    case 'tool':
      return { kind: 'named', name: choice.name ?? '' };
    case 'none':
      return { kind: 'none' };
    default:
      return (choice?.type satisfies undefined) ?? { kind: 'auto' };
  }
}

function reasoningOf({ thinking, output_config }: MessagesRequest): ReasoningWish {
  const effort = output_config?.effort ?? 'high';
  const tokens = REASONING_TOKENS[effort as keyof typeof REASONING_TOKENS];
  switch (thinking?.type) {
    case 'enabled':
      return { kind: 'tokens', tokens: Math.min(thinking.budget_tokens, tokens) };
    case 'adaptive':
      return { kind: 'tokens', tokens };
    case 'disabled':
      return { kind: 'off' };
    default:
      return { kind: 'unspecified' };
  }
}

function blocksOf({ content }: Message): readonly Block[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content;
}

function markOf(control: CacheControl | null | undefined): '5m' | '1h' | undefined {
  return control ? (control.ttl ?? '5m') : undefined;
}
