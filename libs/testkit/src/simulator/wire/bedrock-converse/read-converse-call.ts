import {
  definitionPiece,
  MESSAGE_OVERHEAD_TOKENS,
  messagePiece,
  type PromptPart,
} from '../../answer/prompt-piece.ts';
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
  type ConverseBlock,
  type ConverseMessage,
  type ConverseRequest,
  converseRequestShape,
} from './converse-request.ts';
import { findBrokenConverseRule } from './converse-rules.ts';
import { converseWriter } from './converse-writer.ts';

/** Reads `POST /model/{model}/converse` and `/converse-stream`. */
export function readConverseCall({ body, route, unknownFields, tokensPerChunk }: CallSource): CallReading {
  const known = { model: route.model ?? '', stream: route.streaming !== 'unary' };
  const checked = checkShape<ConverseRequest>({ shape: converseRequestShape, value: body, unknownFields });
  if (!checked.ok) return { kind: 'refused', problem: { kind: 'shape', problem: checked.problem }, ...known };
  const request = checked.value;
  const problem = findBrokenConverseRule(request);
  if (problem !== undefined) return { kind: 'refused', problem, ...known };
  return { kind: 'call', call: { ...known, ...toCall(request) }, writer: converseWriter(tokensPerChunk) };
}

function toCall(request: ConverseRequest): Omit<SimulatedCall, 'model' | 'stream'> {
  const { inferenceConfig: { maxTokens, stopSequences = [] } = {}, toolConfig } = request;
  return {
    prompt: promptOf(request),
    lastTurn: lastTurnOf(request.messages.at(-1) as ConverseMessage),
    tools: (toolConfig?.tools ?? []).flatMap(({ toolSpec }) =>
      toolSpec === undefined ? [] : [{ name: toolSpec.name, schema: toolSpec.inputSchema.json }],
    ),
    toolChoice: toolChoiceOf(toolConfig?.toolChoice),
    parallelTools: true,
    ...(maxTokens !== undefined && { maxOutputTokens: maxTokens }),
    stopSequences,
    form: formOf(request),
    reasoning: reasoningOf(request),
  };
}

function promptOf({ toolConfig, system = [], messages }: ConverseRequest): PromptPiece[] {
  const tools = toolConfig?.tools ?? [];
  const definitions = tools.flatMap((tool, at) =>
    tool.toolSpec === undefined ? [] : [definitionPiece(tool.toolSpec, markOf(tools[at + 1]))],
  );
  return [
    ...definitions,
    ...blockPieces('system', system),
    ...messages.flatMap(({ role, content }) => blockPieces(role, content)),
  ];
}

/** Cache points cut a message into pieces; the overhead of a message belongs to its first piece. */
function blockPieces(role: string, blocks: readonly ConverseBlock[]): PromptPiece[] {
  const pieces: PromptPiece[] = [];
  let parts: PromptPart[] = [];
  for (const [at, block] of blocks.entries()) {
    const mark = markOf(block);
    parts.push(...partsOf(block));
    if (mark === undefined && at < blocks.length - 1) continue;
    const piece = messagePiece({ role, parts, ...(mark !== undefined && { mark }) });
    pieces.push(pieces.length === 0 ? piece : { ...piece, tokens: piece.tokens - MESSAGE_OVERHEAD_TOKENS });
    parts = [];
  }
  return pieces;
}

const markOf = (block: Pick<ConverseBlock, 'cachePoint'> | undefined): '5m' | '1h' | undefined =>
  block?.cachePoint === undefined ? undefined : (block.cachePoint.ttl ?? '5m');

function partsOf({
  text,
  toolUse,
  toolResult,
  reasoningContent,
  image,
  document,
}: ConverseBlock): PromptPart[] {
  const texts = [text, toolUse?.name, toolUse && JSON.stringify(toolUse.input)];
  return [
    ...[...texts, reasoningContent?.reasoningText?.text].flatMap((one) =>
      one === undefined ? [] : [{ kind: 'text' as const, text: one }],
    ),
    ...(toolResult?.content ?? []).flatMap(partsOf),
    ...[image, document].flatMap((one) =>
      one === undefined ? [] : [{ kind: 'media' as const, source: JSON.stringify(one) }],
    ),
  ];
}

function lastTurnOf({ role, content }: ConverseMessage): LastTurn {
  if (role !== 'user') return { from: role };
  if (content.some(({ toolResult }) => toolResult !== undefined)) return { from: 'tool' };
  return { from: 'user', text: content.map(({ text = '' }) => text).join('\n') };
}

function toolChoiceOf(choice: NonNullable<ConverseRequest['toolConfig']>['toolChoice']): ToolChoice {
  if (choice?.tool !== undefined) return { kind: 'named', name: choice.tool.name };
  return choice?.any === undefined ? { kind: 'auto' } : { kind: 'required' };
}

function formOf({ outputConfig }: ConverseRequest): AnswerForm {
  const text = outputConfig?.textFormat?.structure.jsonSchema.schema;
  return text === undefined ? { kind: 'prose' } : { kind: 'json', schema: JSON.parse(text) as unknown };
}

/** As Claude takes it, and as gpt-oss does. */
function reasoningOf({ additionalModelRequestFields: fields = {} }: ConverseRequest): ReasoningWish {
  const { thinking, reasoning_effort, output_config } = fields as {
    thinking?: { type?: string; budget_tokens?: number };
    reasoning_effort?: keyof typeof REASONING_TOKENS;
    output_config?: { effort?: keyof typeof REASONING_TOKENS };
  };
  if (reasoning_effort !== undefined) return { kind: 'tokens', tokens: REASONING_TOKENS[reasoning_effort] };
  switch (thinking?.type) {
    case 'enabled':
      return { kind: 'tokens', tokens: Math.min(thinking.budget_tokens ?? 0, REASONING_TOKENS.high) };
    case 'adaptive':
      return { kind: 'tokens', tokens: REASONING_TOKENS[output_config?.effort ?? 'high'] };
    case 'disabled':
      return { kind: 'off' };
    default:
      return { kind: 'unspecified' };
  }
}
