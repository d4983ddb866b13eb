import { type Message, Purpose, Role } from '@switchyard/contracts/routing';
import { err, type FieldViolation, ok, type Result } from '@switchyard/kernel';
import { isObject } from '../../formats/json.ts';
import { textPart } from '../../formats/parts.ts';
import { FieldReader, Violations } from '../field-reader.ts';
import { MAX_TEXT_CHARACTERS } from '../openai-chat/decode-content.ts';
import { decodeMessages } from '../openai-chat/decode-messages.ts';
import { decodeSampling } from '../openai-chat/decode-sampling.ts';
import { decodeResponseFormat, decodeToolChoice, decodeTools } from '../openai-chat/decode-tools.ts';
import type { CallerHeaders, SurfaceRequest } from '../surface.ts';
import type { SwitchyardExtension } from '../switchyard/decode-extension.ts';
import { readExtension } from '../switchyard/read-extension.ts';
import { decodeModelRequirements, decodeRequestContext } from './decode-requirements.ts';

/** What `request` may hold; but for `prompt`, all is as in Chat Completions. */
const REQUEST_FIELDS = [
  'prompt',
  'messages',
  'max_tokens',
  'temperature',
  'top_p',
  'top_k',
  'stop',
  'seed',
  'frequency_penalty',
  'presence_penalty',
  'reasoning_effort',
  'stream',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'response_format',
  'user',
];

/** Turns the body of `POST /v1/requests` into the canonical request, or names every field that is wrong. */
export function decodePlatformRequest(
  json: unknown,
  headers: CallerHeaders = {},
): Result<SurfaceRequest, FieldViolation[]> {
  if (!isObject(json)) return err([{ field: '(body)', description: 'must be a JSON object' }]);
  const violations = new Violations();
  const body = new FieldReader({ object: json, path: '', violations });
  body.refuseOthers(['model', 'model_requirements', 'request', 'context', 'switchyard']);
  const asked = body.reader('request');
  if (asked === undefined) {
    if (!body.has('request')) body.refuse('request', 'is required');
    return err(violations.list);
  }
  asked.refuseOthers(REQUEST_FIELDS);
  const messages = decodeConversation(asked);
  const decoded: SurfaceRequest = {
    stream: asked.boolean('stream') ?? false,
    places: messages.map((_, i) => (asked.has('prompt') ? 'request.prompt' : `request.messages[${i}]`)),
    request: {
      model: body.string('model', 256) || 'auto',
      messages,
      tools: decodeTools(asked),
      toolChoice: decodeToolChoice(asked),
      parallelToolCalls: asked.boolean('parallel_tool_calls'),
      responseFormat: decodeResponseFormat(asked),
      sampling: decodeSampling(asked),
      user: asked.string('user', 256) ?? '',
      purpose: Purpose.UNSPECIFIED,
      passthroughJson: '',
      passthroughFormat: '',
      wrongKey: false,
      ...decodeSwitchyard(body, readExtension(body, headers, violations)),
    },
  };
  return violations.list.length === 0 ? ok(decoded) : err(violations.list);
}

function decodeConversation(asked: FieldReader): Message[] {
  if (!asked.has('prompt')) {
    if (asked.has('messages')) return decodeMessages(asked);
    return asked.refuse('prompt', 'is required, or messages') ?? [];
  }
  if (asked.has('messages')) asked.refuse('prompt', 'cannot be sent with messages; send one of them');
  const text = asked.requiredString('prompt', MAX_TEXT_CHARACTERS);
  return [{ role: Role.USER, parts: [textPart(text)], name: '' }];
}

/** The platform's own fields; what the `switchyard` object and the headers say of the same is one way too many. */
function decodeSwitchyard(body: FieldReader, extension: SwitchyardExtension): SwitchyardExtension {
  const requirements = decodeModelRequirements(body);
  const context = decodeRequestContext(body);
  if (requirements !== undefined && extension.requirements !== undefined)
    body.refuse('model_requirements', 'cannot be sent with switchyard.requirements or its headers');
  if (context !== undefined && extension.context !== undefined)
    body.refuse('context', 'cannot be sent with switchyard.context or its headers');
  return {
    ...extension,
    requirements: requirements ?? extension.requirements,
    context: context ?? extension.context,
  };
}
