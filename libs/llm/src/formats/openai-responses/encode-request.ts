import {
  type CompleteRequest,
  type ResponseFormat,
  ResponseFormat_Kind,
  ToolChoice_Mode,
} from '@switchyard/contracts/routing';
import { err, ok, type Result } from '@switchyard/kernel';
import { NO_PARAMETERS, readTools } from '../function-tools.ts';
import type { EncodedRequest } from '../http-message.ts';
import { invalidJsonObject, parseSchema } from '../json-schema.ts';
import { passthroughFor } from '../passthrough.ts';
import type { Unsupported } from '../unsupported.ts';
import type { EncodeInput } from '../wire-format.ts';
import { encodeItems, type InputItem } from './encode-input.ts';
import { findUnsupportedInResponses } from './find-unsupported.ts';

const HEADERS = Object.freeze({ 'content-type': 'application/json' });

/** Fields of the body that the canonical request decides, or that would keep state at one provider; they never pass through. */
const RESERVED = new Set([
  'model',
  'input',
  'instructions',
  'stream',
  'stream_options',
  'store',
  'background',
  'previous_response_id',
  'conversation',
  'prompt',
  'include',
  'max_output_tokens',
  'temperature',
  'top_p',
  'reasoning',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'text',
  'user',
]);

/** A canonical request as `POST /responses`. Nothing is stored at the provider: the next request may go to another one. */
export function encodeResponsesRequest(input: EncodeInput): Result<EncodedRequest, Unsupported> {
  const unsupported = findUnsupportedInResponses(input);
  if (unsupported !== undefined) return err(unsupported);
  const { request, model, maxOutputTokens, stream } = input;
  const tools = encodeTools(request);
  if (!tools.ok) return tools;
  const format = encodeFormat(request.responseFormat);
  if (!format.ok) return format;
  const passthrough = passthroughFor({ request, format: 'openai-responses', reserved: RESERVED });
  if (!passthrough.ok) return passthrough;
  const items = request.messages.flatMap(encodeItems);
  const { temperature, topP, reasoningEffort = '' } = request.sampling ?? {};
  const body = {
    model,
    input: items,
    store: false,
    stream: stream ? true : undefined,
    max_output_tokens: maxOutputTokens,
    temperature,
    top_p: topP,
    reasoning: reasoningEffort === '' ? undefined : { effort: reasoningEffort },
    include: encodeInclude(input, items),
    ...tools.value,
    text: format.value === undefined ? undefined : { format: format.value },
    user: request.user === '' ? undefined : request.user,
    ...passthrough.value,
  };
  return ok({ path: '/responses', query: undefined, headers: HEADERS, body: JSON.stringify(body) });
}

/** Encrypted reasoning is asked for where the model is known to reason: others answer with an error. */
function encodeInclude({ request, traits }: EncodeInput, items: readonly InputItem[]): string[] | undefined {
  const effort = request.sampling?.reasoningEffort ?? '';
  const reasons =
    (effort !== '' && effort !== 'none') ||
    (traits?.reasoningEfforts?.length ?? 0) > 0 ||
    items.some(({ type }) => type === 'reasoning');
  return reasons ? ['reasoning.encrypted_content'] : undefined;
}

function encodeTools(request: CompleteRequest): Result<object, Unsupported> {
  if (request.tools.length === 0) return ok({});
  const read = readTools(request.tools);
  if (!read.ok) return read;
  const tools = read.value.map(({ parameters = NO_PARAMETERS, ...tool }) => ({
    type: 'function',
    ...tool,
    // Written out: a schema is kept to strictly here unless it is told not to be.
    parameters,
  }));
  const { parallelToolCalls: parallel_tool_calls } = request;
  return ok({ tools, tool_choice: encodeToolChoice(request), parallel_tool_calls });
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
      return { type: 'function', name: toolChoice.name };
    default:
      return undefined;
  }
}

function encodeFormat(format: ResponseFormat | undefined): Result<object | undefined, Unsupported> {
  if (format?.kind === ResponseFormat_Kind.JSON_OBJECT) return ok({ type: 'json_object' });
  if (format?.kind !== ResponseFormat_Kind.JSON_SCHEMA) return ok(undefined);
  const schema = parseSchema(format.jsonSchema);
  if (schema === 'invalid' || schema === undefined)
    return err(invalidJsonObject('response_format.json_schema'));
  const name = format.name === '' ? 'response' : format.name;
  return ok({ type: 'json_schema', name, schema, strict: format.strict ? true : undefined });
}
