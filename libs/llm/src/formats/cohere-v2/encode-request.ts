import {
  type CompleteRequest,
  type ResponseFormat,
  ResponseFormat_Kind,
  type Sampling,
  ToolChoice_Mode,
} from '@switchyard/contracts/routing';
import { err, ok, type Result } from '@switchyard/kernel';
import { NO_PARAMETERS, readTools } from '../function-tools.ts';
import type { EncodedRequest } from '../http-message.ts';
import { invalidJsonObject, parseSchema } from '../json-schema.ts';
import { passthroughFor } from '../passthrough.ts';
import { isForced } from '../tool-choice.ts';
import type { Unsupported } from '../unsupported.ts';
import type { EncodeInput } from '../wire-format.ts';
import { encodeCohereMessage } from './encode-message.ts';
import { findUnsupportedInCohere } from './find-unsupported.ts';

const HEADERS = Object.freeze({ 'content-type': 'application/json' });

/** Fields of the body that the canonical request decides; they never pass through. */
const RESERVED: ReadonlySet<string> = new Set([
  'model',
  'messages',
  'stream',
  'tools',
  'tool_choice',
  'strict_tools',
  'response_format',
  'max_tokens',
  'stop_sequences',
  'temperature',
  'p',
  'k',
  'seed',
  'frequency_penalty',
  'presence_penalty',
  'thinking',
]);

/** A canonical request as `POST /chat`. */
export function encodeCohereRequest(input: EncodeInput): Result<EncodedRequest, Unsupported> {
  const unsupported = findUnsupportedInCohere(input);
  if (unsupported !== undefined) return err(unsupported);
  const { request, model, stream, maxOutputTokens } = input;
  const tools = encodeTools(request);
  if (!tools.ok) return tools;
  const format = encodeFormat(request.responseFormat);
  if (!format.ok) return format;
  const passthrough = passthroughFor({ request, format: 'cohere-v2', reserved: RESERVED });
  if (!passthrough.ok) return passthrough;
  const body = {
    model,
    messages: request.messages.flatMap(encodeCohereMessage),
    stream,
    max_tokens: maxOutputTokens,
    ...encodeSampling(request.sampling),
    tools: tools.value,
    tool_choice: tools.value === undefined ? undefined : encodeToolChoice(request),
    response_format: format.value,
    ...passthrough.value,
  };
  return ok({ path: '/chat', query: undefined, headers: HEADERS, body: JSON.stringify(body) });
}

function encodeSampling(sampling: Sampling | undefined): object {
  if (sampling === undefined) return {};
  const { topP, stop, seed, reasoningEffort, reasoningBudgetTokens } = sampling;
  return {
    temperature: sampling.temperature,
    // All of the distribution is what there is without it, and 1 is refused.
    p: topP === 1 ? undefined : topP,
    k: sampling.topK,
    stop_sequences: stop.length === 0 ? undefined : stop,
    frequency_penalty: sampling.frequencyPenalty,
    presence_penalty: sampling.presencePenalty,
    seed: seed === undefined ? undefined : Number(seed),
    thinking: encodeThinking({ reasoningEffort, reasoningBudgetTokens }),
  };
}

/** Reasoning has a budget here; of levels only "none" has a word. */
function encodeThinking({
  reasoningEffort,
  reasoningBudgetTokens,
}: Pick<Sampling, 'reasoningEffort' | 'reasoningBudgetTokens'>): object | undefined {
  if (reasoningEffort === 'none') return { type: 'disabled' };
  if (reasoningBudgetTokens === undefined) return undefined;
  return { type: 'enabled', token_budget: reasoningBudgetTokens };
}

/** A tool that is named is the only one that is offered, and must be called: there is no other way to say it. */
function encodeTools({ tools, toolChoice }: CompleteRequest): Result<object[] | undefined, Unsupported> {
  if (tools.length === 0) return ok(undefined);
  const read = readTools(tools);
  if (!read.ok) return read;
  const offered = toolChoice?.mode === ToolChoice_Mode.NAMED ? [toolChoice.name] : undefined;
  const encoded = read.value
    .filter(({ name }) => offered === undefined || offered.includes(name))
    .map(({ name, description, parameters = NO_PARAMETERS }) => ({
      type: 'function',
      function: { name, description, parameters },
    }));
  return ok(encoded);
}

function encodeToolChoice({ toolChoice }: CompleteRequest): string | undefined {
  if (toolChoice?.mode === ToolChoice_Mode.NONE) return 'NONE';
  return isForced(toolChoice?.mode) ? 'REQUIRED' : undefined;
}

function encodeFormat(format: ResponseFormat | undefined): Result<object | undefined, Unsupported> {
  if (format?.kind === ResponseFormat_Kind.JSON_OBJECT) return ok({ type: 'json_object' });
  if (format?.kind !== ResponseFormat_Kind.JSON_SCHEMA) return ok(undefined);
  const schema = parseSchema(format.jsonSchema);
  if (schema === 'invalid' || schema === undefined)
    return err(invalidJsonObject('response_format.json_schema'));
  return ok({ type: 'json_object', json_schema: schema });
}
