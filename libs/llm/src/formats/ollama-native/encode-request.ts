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
import { encodeOllamaMessages } from './encode-messages.ts';
import { findUnsupportedInOllama } from './find-unsupported.ts';

const HEADERS = Object.freeze({ 'content-type': 'application/json' });

/** Fields of the body that the canonical request decides; they never pass through. */
const RESERVED = new Set([
  'model',
  'messages',
  'tools',
  'format',
  'options',
  'stream',
  'think',
  'truncate',
  'shift',
]);

/** A canonical request as `POST /api/chat`. */
export function encodeOllamaRequest(input: EncodeInput): Result<EncodedRequest, Unsupported> {
  const unsupported = findUnsupportedInOllama(input);
  if (unsupported !== undefined) return err(unsupported);
  const { request, model, stream } = input;
  const messages = encodeOllamaMessages(request.messages);
  if (!messages.ok) return messages;
  const tools = encodeTools(request);
  if (!tools.ok) return tools;
  const format = encodeFormat(request.responseFormat);
  if (!format.ok) return format;
  const passthrough = passthroughFor({ request, format: 'ollama-native', reserved: RESERVED });
  if (!passthrough.ok) return passthrough;
  const body = {
    model,
    messages: messages.value,
    // Without it an answer is streamed.
    stream,
    // Else the server drops the oldest messages, or what was written first, without a word.
    truncate: false,
    shift: false,
    think: encodeThink(request.sampling?.reasoningEffort),
    options: encodeOptions(input),
    tools: tools.value,
    format: format.value,
    ...passthrough.value,
  };
  return ok({ path: '/api/chat', query: undefined, headers: HEADERS, body: JSON.stringify(body) });
}

function encodeOptions({ request: { sampling }, maxOutputTokens }: EncodeInput): object | undefined {
  if (sampling === undefined && maxOutputTokens === undefined) return undefined;
  return {
    num_predict: maxOutputTokens,
    temperature: sampling?.temperature,
    top_p: sampling?.topP,
    top_k: sampling?.topK,
    stop: sampling === undefined || sampling.stop.length === 0 ? undefined : sampling.stop,
    frequency_penalty: sampling?.frequencyPenalty,
    presence_penalty: sampling?.presencePenalty,
    seed: sampling?.seed === undefined ? undefined : Number(sampling.seed),
  };
}

/** Models without levels take any level for "yes". */
function encodeThink(effort = ''): boolean | string | undefined {
  switch (effort) {
    case '':
      return undefined;
    case 'none':
      return false;
    case 'minimal':
      return 'low';
    default:
      return effort;
  }
}

/** Tools that must not be called are not offered: there is no other way to say it. */
function encodeTools({ tools, toolChoice }: CompleteRequest): Result<object[] | undefined, Unsupported> {
  if (tools.length === 0 || toolChoice?.mode === ToolChoice_Mode.NONE) return ok(undefined);
  const read = readTools(tools);
  if (!read.ok) return read;
  const encoded = read.value.map(({ name, description, parameters = NO_PARAMETERS }) => ({
    type: 'function',
    function: { name, description, parameters },
  }));
  return ok(encoded);
}

function encodeFormat(format: ResponseFormat | undefined): Result<string | object | undefined, Unsupported> {
  if (format?.kind === ResponseFormat_Kind.JSON_OBJECT) return ok('json');
  if (format?.kind !== ResponseFormat_Kind.JSON_SCHEMA) return ok(undefined);
  const schema = parseSchema(format.jsonSchema);
  if (schema === 'invalid' || schema === undefined)
    return err(invalidJsonObject('response_format.json_schema'));
  return ok(schema);
}
