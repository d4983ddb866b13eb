import { definitionPiece, messagePiece, type PromptPart } from '../../answer/prompt-piece.ts';
import {
  type AnswerForm,
  type LastTurn,
  type OfferedTool,
  type PromptPiece,
  REASONING_TOKENS,
  type ReasoningWish,
  type SimulatedCall,
  type ToolChoice,
} from '../../answer/simulated-call.ts';
import { checkShape } from '../../shape/check-shape.ts';
import type { CallReading, CallSource } from '../wire-format.ts';
import { type Content, type GenerateRequest, generateRequestShape, type Part } from './generate-request.ts';
import { findBrokenGenerateRule } from './generate-rules.ts';
import { generateWriter } from './generate-writer.ts';

/** Reads `POST /v1beta/models/{model}:generateContent` and `:streamGenerateContent`. */
export function readGenerateCall({ body, route, unknownFields, tokensPerChunk }: CallSource): CallReading {
  const model = route.model as string;
  const framing = route.streaming ?? 'unary';
  const known = { model, stream: framing !== 'unary' };
  const checked = checkShape<GenerateRequest>({ shape: generateRequestShape, value: body, unknownFields });
  if (!checked.ok) {
    return { kind: 'refused', problem: { kind: 'shape', problem: checked.problem }, ...known };
  }
  const request = checked.value;
  const problem = findBrokenGenerateRule(request);
  if (problem !== undefined) return { kind: 'refused', problem, ...known };
  return {
    kind: 'call',
    call: { ...known, ...toCall(request) },
    writer: generateWriter({ request, model, framing, tokensPerChunk }),
  };
}

function toCall(request: GenerateRequest): Omit<SimulatedCall, 'model' | 'stream'> {
  const { generationConfig = {}, contents } = request;
  const { maxOutputTokens, stopSequences = [] } = generationConfig;
  return {
    prompt: promptOf(request),
    lastTurn: lastTurnOf(contents.at(-1) as Content),
    tools: offeredTools(request),
    toolChoice: toolChoiceOf(request),
    parallelTools: true,
    ...(maxOutputTokens !== undefined && { maxOutputTokens }),
    stopSequences,
    form: formOf(generationConfig),
    reasoning: reasoningOf(generationConfig),
  };
}

function promptOf({ tools = [], systemInstruction, contents, generationConfig }: GenerateRequest) {
  const schema = generationConfig?.responseJsonSchema ?? generationConfig?.responseSchema;
  const pieces: PromptPiece[] = [];
  if (tools.length > 0) pieces.push(definitionPiece(tools));
  if (schema !== undefined) pieces.push(definitionPiece(schema));
  if (systemInstruction !== undefined) pieces.push(contentPiece('system', systemInstruction));
  for (const content of contents) pieces.push(contentPiece(content.role ?? 'user', content));
  return pieces;
}

function contentPiece(role: string, { parts = [] }: Content): PromptPiece {
  return messagePiece({ role, parts: parts.flatMap(partsOf) });
}

function partsOf(part: Part): PromptPart[] {
  const { text, functionCall, functionResponse } = part;
  if (text !== undefined) return [{ kind: 'text', text }];
  const named = functionCall ?? functionResponse;
  if (named === undefined) return [{ kind: 'media', source: JSON.stringify(part) }];
  const content = functionCall?.args ?? functionResponse?.response ?? {};
  return [
    { kind: 'text', text: named.name },
    { kind: 'text', text: JSON.stringify(content) },
  ];
}

function lastTurnOf({ role, parts = [] }: Content): LastTurn {
  if (role === 'model') return { from: 'assistant' };
  if (parts.some((part) => part.functionResponse !== undefined)) return { from: 'tool' };
  return { from: 'user', text: parts.map((part) => part.text ?? '').join('\n') };
}

function offeredTools({ tools = [], toolConfig }: GenerateRequest): OfferedTool[] {
  const allowed = toolConfig?.functionCallingConfig?.allowedFunctionNames;
  return tools
    .flatMap((tool) => tool.functionDeclarations ?? [])
    .filter(({ name }) => !allowed?.length || allowed.includes(name))
    .map(({ name, parameters, parametersJsonSchema }) => ({
      name,
      schema: parametersJsonSchema ?? parameters,
    }));
}

function toolChoiceOf({ toolConfig }: GenerateRequest): ToolChoice {
  switch (toolConfig?.functionCallingConfig?.mode) {
    case 'ANY':
      return { kind: 'required' };
    case 'NONE':
      return { kind: 'none' };
    default:
      return { kind: 'auto' };
  }
}

function formOf(config: NonNullable<GenerateRequest['generationConfig']>): AnswerForm {
  if (config.responseMimeType !== 'application/json') return { kind: 'prose' };
  const schema = config.responseJsonSchema ?? config.responseSchema;
  return schema === undefined ? { kind: 'json' } : { kind: 'json', schema };
}

function reasoningOf({ thinkingConfig }: NonNullable<GenerateRequest['generationConfig']>): ReasoningWish {
  const { thinkingBudget, thinkingLevel } = thinkingConfig ?? {};
  if (thinkingBudget === 0) return { kind: 'off' };
  if (thinkingLevel !== undefined) {
    const level = thinkingLevel.toLowerCase() as keyof typeof REASONING_TOKENS;
    return { kind: 'tokens', tokens: REASONING_TOKENS[level] };
  }
  if (thinkingBudget === undefined) return { kind: 'unspecified' };
  const dynamic = REASONING_TOKENS.medium;
  return { kind: 'tokens', tokens: thinkingBudget < 0 ? dynamic : Math.min(thinkingBudget, dynamic) };
}
