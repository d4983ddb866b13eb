import { Purpose, type Sampling } from '@switchyard/contracts/routing';
import { err, type FieldViolation, ok, type Result } from '@switchyard/kernel';
import { isObject, type JsonObject } from '../../formats/json.ts';
import { decodePassthrough } from '../decode-passthrough.ts';
import { FieldReader, Violations } from '../field-reader.ts';
import type { CallerHeaders, SurfaceRequest } from '../surface.ts';
import { readExtension } from '../switchyard/read-extension.ts';
import { decodeInput } from './decode-input.ts';
import { decodeTextFormat, decodeToolChoice, decodeTools } from './decode-tools.ts';
import { RESERVED_FIELDS, refuseUnofferedFields } from './refused-fields.ts';

/** A Responses request, decoded. */
export interface ResponsesRequest extends SurfaceRequest {
  /** Fields that the answer repeats as they were sent. */
  readonly body: JsonObject;
}

const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high'] as const;

/** Turns the body of `POST /v1/responses` into the canonical request, or names every field that is wrong. */
export function decodeResponsesRequest(
  json: unknown,
  headers: CallerHeaders = {},
): Result<ResponsesRequest, FieldViolation[]> {
  if (!isObject(json)) return err([{ field: '(body)', description: 'must be a JSON object' }]);
  const violations = new Violations();
  const body = new FieldReader({ object: json, path: '', violations });
  refuseUnofferedFields(body);
  refuseObfuscation(body);
  const { messages, places } = decodeInput(body);
  const passthroughJson = decodePassthrough(body, RESERVED_FIELDS);
  const decoded: ResponsesRequest = {
    stream: body.boolean('stream') ?? false,
    places,
    body: json,
    request: {
      model: body.requiredString('model', 256),
      messages,
      tools: decodeTools(body),
      toolChoice: decodeToolChoice(body),
      parallelToolCalls: body.boolean('parallel_tool_calls'),
      responseFormat: decodeTextFormat(body),
      sampling: decodeSampling(body),
      user: body.string('user', 256) ?? '',
      purpose: Purpose.UNSPECIFIED,
      passthroughJson,
      passthroughFormat: passthroughJson === '' ? '' : 'openai-responses',
      wrongKey: false,
      ...readExtension(body, headers, violations),
    },
  };
  return violations.list.length === 0 ? ok(decoded) : err(violations.list);
}

function refuseObfuscation(body: FieldReader): void {
  const options = body.reader('stream_options');
  options?.refuseOthers(['include_obfuscation']);
  if (options?.boolean('include_obfuscation') === true)
    options.refuse('include_obfuscation', 'obfuscation is not offered');
}

/** What a provider tells of its reasoning is always told, so `reasoning.summary` changes nothing. */
function decodeSampling(body: FieldReader): Sampling {
  const reasoning = body.reader('reasoning');
  reasoning?.refuseOthers(['effort', 'summary', 'generate_summary']);
  reasoning?.oneOf('summary', ['auto', 'concise', 'detailed']);
  const topP = body.number('top_p', { min: 0, max: 1 });
  return {
    maxOutputTokens: body.integer('max_output_tokens', { min: 1, max: 10_000_000 }),
    temperature: body.number('temperature', { min: 0, max: 2 }),
    topP: topP === 0 ? body.refuse('top_p', 'must be above 0') : topP,
    topK: undefined,
    stop: [],
    frequencyPenalty: undefined,
    presencePenalty: undefined,
    seed: undefined,
    reasoningEffort: reasoning?.oneOf('effort', EFFORTS) ?? '',
    reasoningBudgetTokens: undefined,
  };
}
