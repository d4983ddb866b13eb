import {
  type CompleteRequest,
  ResponseFormat_Kind,
  type Sampling,
  type Tool,
  ToolChoice_Mode,
} from '@switchyard/contracts/routing';
import { err, ok, type Result } from '@switchyard/kernel';
import type { EncodedRequest } from '../http-message.ts';
import { invalidJsonObject, parseSchema } from '../json-schema.ts';
import { passthroughFor } from '../passthrough.ts';
import type { Unsupported } from '../unsupported.ts';
import type { EncodeInput } from '../wire-format.ts';
import { encodeConversation } from './encode-conversation.ts';
import { encodeModelFields } from './encode-reasoning.ts';
import { findUnsupportedInConverse } from './find-unsupported.ts';

const HEADERS = Object.freeze({ 'content-type': 'application/json' });

/** Fields of the body that the canonical request decides; they never pass through. */
const RESERVED = new Set([
  'modelId',
  'messages',
  'system',
  'inferenceConfig',
  'toolConfig',
  'outputConfig',
  'additionalModelRequestFields',
]);

/** A canonical request as `POST /model/{model}/converse`, or `/converse-stream` for a stream. */
export function encodeConverseRequest(input: EncodeInput): Result<EncodedRequest, Unsupported> {
  const unsupported = findUnsupportedInConverse(input);
  if (unsupported !== undefined) return err(unsupported);
  const { request, model, stream } = input;
  const toolConfig = encodeToolConfig(request);
  if (!toolConfig.ok) return toolConfig;
  const outputConfig = encodeOutputConfig(request);
  if (!outputConfig.ok) return outputConfig;
  const modelFields = encodeModelFields(input);
  if (!modelFields.ok) return modelFields;
  const passthrough = passthroughFor({ request, format: 'bedrock-converse', reserved: RESERVED });
  if (!passthrough.ok) return passthrough;
  const body = {
    ...encodeConversation(request.messages),
    inferenceConfig: encodeInferenceConfig(input),
    toolConfig: toolConfig.value,
    outputConfig: outputConfig.value,
    additionalModelRequestFields: modelFields.value,
    ...passthrough.value,
  };
  const path = `/model/${encodeURIComponent(model)}/${stream ? 'converse-stream' : 'converse'}`;
  return ok({ path, query: undefined, headers: HEADERS, body: JSON.stringify(body) });
}

function encodeInferenceConfig({ request, maxOutputTokens }: EncodeInput): object {
  const { temperature, topP, stop = [] }: Partial<Sampling> = request.sampling ?? {};
  return {
    maxTokens: maxOutputTokens,
    temperature,
    topP,
    stopSequences: stop.length === 0 ? undefined : stop,
  };
}

/** There is no mode without tools: they are left out. */
function encodeToolConfig(request: CompleteRequest): Result<object | undefined, Unsupported> {
  if (request.tools.length === 0 || request.toolChoice?.mode === ToolChoice_Mode.NONE) return ok(undefined);
  const tools: object[] = [];
  for (const [index, tool] of request.tools.entries()) {
    const encoded = encodeTool(tool);
    if (encoded === undefined) return err(invalidJsonObject(`tools[${index}].parameters_json_schema`));
    tools.push(encoded);
  }
  return ok({ tools, toolChoice: encodeToolChoice(request) });
}

function encodeTool({ name, description, parametersJsonSchema, strict }: Tool): object | undefined {
  const schema = parseSchema(parametersJsonSchema);
  if (schema === 'invalid') return undefined;
  return {
    toolSpec: {
      name,
      description: description === '' ? undefined : description,
      inputSchema: { json: schema ?? { type: 'object', properties: {} } },
      strict: strict ? true : undefined,
    },
  };
}

function encodeToolChoice({ toolChoice }: CompleteRequest): object | undefined {
  switch (toolChoice?.mode) {
    case ToolChoice_Mode.REQUIRED:
      return { any: {} };
    case ToolChoice_Mode.NAMED:
      return { tool: { name: toolChoice.name } };
    case ToolChoice_Mode.AUTO:
      return { auto: {} };
    default:
      return undefined;
  }
}

/** The schema goes as text, and is always kept to strictly. */
function encodeOutputConfig({ responseFormat }: CompleteRequest): Result<object | undefined, Unsupported> {
  if (responseFormat?.kind !== ResponseFormat_Kind.JSON_SCHEMA) return ok(undefined);
  const schema = parseSchema(responseFormat.jsonSchema);
  if (schema === undefined || schema === 'invalid')
    return err(invalidJsonObject('response_format.json_schema'));
  const name = responseFormat.name === '' ? undefined : responseFormat.name;
  const jsonSchema = { schema: JSON.stringify(schema), name };
  return ok({ textFormat: { type: 'json_schema', structure: { jsonSchema } } });
}
