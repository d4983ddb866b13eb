import {
  type CompleteRequest,
  type ResponseFormat,
  ResponseFormat_Kind,
  type Tool,
  ToolChoice_Mode,
} from '@switchyard/contracts/routing';
import { err, ok, type Result } from '@switchyard/kernel';
import { type Dialect, OPENAI_DIALECT } from '../dialect.ts';
import { readTools } from '../function-tools.ts';
import type { EncodedRequest } from '../http-message.ts';
import { invalidJsonObject, parseSchema } from '../json-schema.ts';
import { passthroughFor } from '../passthrough.ts';
import type { Unsupported } from '../unsupported.ts';
import type { EncodeInput } from '../wire-format.ts';
import { encodeChatMessage } from './encode-message.ts';
import { findUnsupportedInChat } from './find-unsupported.ts';
import { RESERVED_FIELDS } from './reserved-fields.ts';

const HEADERS = Object.freeze({ 'content-type': 'application/json' });

/** A canonical request as `POST /chat/completions`. */
export function encodeChatRequest(input: EncodeInput): Result<EncodedRequest, Unsupported> {
  const unsupported = findUnsupportedInChat(input);
  if (unsupported !== undefined) return err(unsupported);
  const { request } = input;
  const tools = encodeTools(request.tools);
  if (!tools.ok) return tools;
  const format = encodeResponseFormat(request.responseFormat);
  if (!format.ok) return format;
  const passthrough = passthroughFor({ request, format: 'openai-chat', reserved: RESERVED_FIELDS });
  if (!passthrough.ok) return passthrough;
  const body = {
    ...encodeSettings(input),
    tools: tools.value,
    tool_choice: tools.value === undefined ? undefined : encodeToolChoice(request),
    parallel_tool_calls: tools.value === undefined ? undefined : request.parallelToolCalls,
    response_format: format.value,
    ...passthrough.value,
  };
  return ok({ path: '/chat/completions', query: undefined, headers: HEADERS, body: JSON.stringify(body) });
}

function encodeSettings({
  request,
  model,
  maxOutputTokens,
  stream,
  dialect = OPENAI_DIALECT,
}: EncodeInput): object {
  const { sampling } = request;
  const settings: Record<string, unknown> = {
    model,
    messages: request.messages.flatMap((message) => encodeChatMessage(message, dialect)),
    stream: stream ? true : undefined,
    stream_options: stream && dialect.streamUsage === 'on_request' ? { include_usage: true } : undefined,
    [dialect.maxTokensField]: maxOutputTokens,
    temperature: sampling?.temperature,
    top_p: sampling?.topP,
    top_k: sampling?.topK,
    stop: sampling === undefined || sampling.stop.length === 0 ? undefined : sampling.stop,
    frequency_penalty: sampling?.frequencyPenalty,
    presence_penalty: sampling?.presencePenalty,
    reasoning_effort: sampling?.reasoningEffort === '' ? undefined : sampling?.reasoningEffort,
    user: request.user === '' || dialect.user === 'unknown' ? undefined : request.user,
  };
  addSeed(settings, { seed: sampling?.seed, dialect });
  return settings;
}

function addSeed(
  settings: Record<string, unknown>,
  { seed, dialect }: { readonly seed: bigint | undefined; readonly dialect: Dialect },
): void {
  if (seed !== undefined && dialect.seedField !== undefined) settings[dialect.seedField] = Number(seed);
}

function encodeTools(tools: readonly Tool[]): Result<object[] | undefined, Unsupported> {
  if (tools.length === 0) return ok(undefined);
  const read = readTools(tools);
  if (!read.ok) return read;
  const encoded = read.value.map(({ strict, ...tool }) => ({
    type: 'function',
    function: { ...tool, strict: strict ? true : undefined },
  }));
  return ok(encoded);
}

function encodeToolChoice({ toolChoice }: CompleteRequest): string | object | undefined {
  switch (toolChoice?.mode) {
    case ToolChoice_Mode.AUTO:
      return 'auto';
    case ToolChoice_Mode.NONE:
      return 'none';
    case ToolChoice_Mode.REQUIRED:
      return 'required';
    case ToolChoice_Mode.NAMED:
      return { type: 'function', function: { name: toolChoice.name } };
    default:
      return undefined;
  }
}

function encodeResponseFormat(format: ResponseFormat | undefined): Result<object | undefined, Unsupported> {
  if (format?.kind === ResponseFormat_Kind.JSON_OBJECT) return ok({ type: 'json_object' });
  if (format?.kind !== ResponseFormat_Kind.JSON_SCHEMA) return ok(undefined);
  const schema = parseSchema(format.jsonSchema);
  if (schema === 'invalid' || schema === undefined)
    return err(invalidJsonObject('response_format.json_schema'));
  const name = format.name === '' ? 'response' : format.name;
  return ok({
    type: 'json_schema',
    json_schema: { name, schema, strict: format.strict ? true : undefined },
  });
}
