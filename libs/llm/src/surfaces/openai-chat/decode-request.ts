import { type CompleteRequest, Purpose } from '@switchyard/contracts/routing';
import { err, type FieldViolation, ok, type Result } from '@switchyard/kernel';
import { isObject } from '../../formats/json.ts';
import { RESERVED_FIELDS } from '../../formats/openai-chat/reserved-fields.ts';
import { decodePassthrough } from '../decode-passthrough.ts';
import { FieldReader, Violations } from '../field-reader.ts';
import type { CallerHeaders, SurfaceRequest } from '../surface.ts';
import type { SwitchyardExtension } from '../switchyard/decode-extension.ts';
import { readExtension } from '../switchyard/read-extension.ts';
import { decodeMessages } from './decode-messages.ts';
import { decodeSampling } from './decode-sampling.ts';
import { decodeResponseFormat, decodeToolChoice, decodeTools } from './decode-tools.ts';
import { refuseUnofferedFields } from './refused-fields.ts';

/** A chat completion request, decoded. */
export interface ChatRequest extends SurfaceRequest {
  /** Whether a stream ends with a chunk of usage (`stream_options.include_usage`). */
  readonly includeUsage: boolean;
}

/** Turns the body of `POST /v1/chat/completions` into the canonical request, or names every field that is wrong. */
export function decodeChatRequest(
  json: unknown,
  headers: CallerHeaders = {},
): Result<ChatRequest, FieldViolation[]> {
  if (!isObject(json)) return err([{ field: '(body)', description: 'must be a JSON object' }]);
  const violations = new Violations();
  const body = new FieldReader({ object: json, path: '', violations });
  refuseUnofferedFields(body);
  const stream = body.boolean('stream') ?? false;
  const decoded: ChatRequest = {
    request: { ...decodeBody(body), ...readExtension(body, headers, violations) },
    stream,
    includeUsage: decodeStreamOptions(body, stream ? 'stream' : 'unary'),
  };
  return violations.list.length === 0 ? ok(decoded) : err(violations.list);
}

function decodeBody(body: FieldReader): Omit<CompleteRequest, keyof SwitchyardExtension> {
  const passthroughJson = decodePassthrough(body, RESERVED_FIELDS);
  return {
    model: body.requiredString('model', 256),
    messages: decodeMessages(body),
    tools: decodeTools(body),
    toolChoice: decodeToolChoice(body),
    parallelToolCalls: body.boolean('parallel_tool_calls'),
    responseFormat: decodeResponseFormat(body),
    sampling: decodeSampling(body),
    user: body.string('user', 256) ?? '',
    purpose: Purpose.UNSPECIFIED,
    passthroughJson,
    passthroughFormat: passthroughJson === '' ? '' : 'openai-chat',
    wrongKey: false,
  };
}

function decodeStreamOptions(body: FieldReader, mode: 'stream' | 'unary'): boolean {
  const options = body.reader('stream_options');
  if (options === undefined) return false;
  if (mode === 'unary') body.refuse('stream_options', 'is only for streams; set stream to true');
  if (options.boolean('include_obfuscation'))
    options.refuse('include_obfuscation', 'obfuscation is not offered');
  options.refuseOthers(['include_usage', 'include_obfuscation']);
  return options.boolean('include_usage') ?? false;
}
