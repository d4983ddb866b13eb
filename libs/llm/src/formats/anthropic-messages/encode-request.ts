import {
  type CompleteRequest,
  ResponseFormat_Kind,
  type Tool,
  ToolChoice_Mode,
} from '@switchyard/contracts/routing';
import { err, ok, type Result } from '@switchyard/kernel';
import { NO_PARAMETERS, readTools } from '../function-tools.ts';
import type { EncodedRequest } from '../http-message.ts';
import { invalidJsonObject, parseSchema } from '../json-schema.ts';
import { passthroughFor } from '../passthrough.ts';
import type { Unsupported } from '../unsupported.ts';
import type { EncodeInput } from '../wire-format.ts';
import { encodeCacheControl } from './encode-content.ts';
import { encodeConversation } from './encode-conversation.ts';
import { encodeThinking, type WireThinking } from './encode-thinking.ts';
import { findUnsupportedInMessages } from './find-unsupported.ts';
import { RESERVED_FIELDS } from './reserved-fields.ts';

/** https://platform.claude.com/docs/en/api/versioning */
export const VERSION = Object.freeze({ 'anthropic-version': '2023-06-01' });
const HEADERS = Object.freeze({ 'content-type': 'application/json', ...VERSION });

/** What a header may hold; other names are no betas. */
const BETA = /^[\w.-]{1,128}$/;

/** Fields of the body; those that are undefined are left out. */
export type MessagesBody = Readonly<Record<string, unknown>> & { readonly model: string };

/** A canonical request as `POST /messages`. */
export function encodeMessagesRequest(input: EncodeInput): Result<EncodedRequest, Unsupported> {
  const body = encodeMessagesBody(input);
  if (!body.ok) return body;
  const { anthropic_beta: betas, ...fields } = body.value;
  return ok({ path: '/messages', query: undefined, headers: headersOf(betas), body: JSON.stringify(fields) });
}

/** Callers' betas travel in the body, as with Bedrock, and are a header here. */
function headersOf(betas: unknown): Readonly<Record<string, string>> {
  if (!Array.isArray(betas)) return HEADERS;
  const named = betas.filter((beta) => typeof beta === 'string' && BETA.test(beta));
  return named.length === 0 ? HEADERS : { ...HEADERS, 'anthropic-beta': named.join(',') };
}

/** The body of such a request, for the same API behind another address. */
export function encodeMessagesBody(input: EncodeInput): Result<MessagesBody, Unsupported> {
  const unsupported = findUnsupportedInMessages(input);
  if (unsupported !== undefined) return err(unsupported);
  const { request } = input;
  const conversation = encodeConversation(request.messages);
  if (!conversation.ok) return conversation;
  const tools = encodeTools(request.tools);
  if (!tools.ok) return tools;
  const thinking = encodeThinking(input);
  if (!thinking.ok) return thinking;
  const output = encodeOutputConfig(request, thinking.value);
  if (!output.ok) return output;
  const passthrough = passthroughFor({ request, format: 'anthropic-messages', reserved: RESERVED_FIELDS });
  if (!passthrough.ok) return passthrough;
  return ok({
    ...encodeSettings(input),
    ...conversation.value,
    thinking: thinking.value.thinking,
    output_config: output.value,
    tools: tools.value,
    tool_choice: tools.value === undefined ? undefined : encodeToolChoice(request),
    ...passthrough.value,
  });
}

function encodeSettings({ request, model, maxOutputTokens, stream }: EncodeInput): MessagesBody {
  const { sampling, user } = request;
  return {
    model,
    max_tokens: maxOutputTokens,
    stream: stream ? true : undefined,
    temperature: sampling?.temperature,
    top_p: sampling?.topP,
    top_k: sampling?.topK,
    stop_sequences: sampling === undefined || sampling.stop.length === 0 ? undefined : sampling.stop,
    metadata: user === '' ? undefined : { user_id: user },
  };
}

function encodeTools(tools: readonly Tool[]): Result<object[] | undefined, Unsupported> {
  if (tools.length === 0) return ok(undefined);
  const read = readTools(tools);
  if (!read.ok) return read;
  const encoded = read.value.map(({ parameters = NO_PARAMETERS, strict, ...tool }, index) => ({
    ...tool,
    input_schema: parameters,
    strict: strict ? true : undefined,
    cache_control: encodeCacheControl(tools[index]?.cacheControl),
  }));
  return ok(encoded);
}

function encodeToolChoice({ toolChoice, parallelToolCalls }: CompleteRequest): object | undefined {
  const disable_parallel_tool_use = parallelToolCalls === false ? true : undefined;
  switch (toolChoice?.mode) {
    case ToolChoice_Mode.NONE:
      return { type: 'none' };
    case ToolChoice_Mode.REQUIRED:
      return { type: 'any', disable_parallel_tool_use };
    case ToolChoice_Mode.NAMED:
      return { type: 'tool', name: toolChoice.name, disable_parallel_tool_use };
    case ToolChoice_Mode.AUTO:
      return { type: 'auto', disable_parallel_tool_use };
    default:
      return disable_parallel_tool_use ? { type: 'auto', disable_parallel_tool_use } : undefined;
  }
}

/** The schema is always kept to strictly here, and has no name. */
function encodeOutputConfig(
  { responseFormat }: CompleteRequest,
  { effort }: WireThinking,
): Result<object | undefined, Unsupported> {
  if (responseFormat?.kind !== ResponseFormat_Kind.JSON_SCHEMA) {
    return ok(effort === undefined ? undefined : { effort });
  }
  const schema = parseSchema(responseFormat.jsonSchema);
  if (schema === undefined || schema === 'invalid')
    return err(invalidJsonObject('response_format.json_schema'));
  return ok({ effort, format: { type: 'json_schema', schema } });
}
