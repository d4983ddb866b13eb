import { AudioFormat, Purpose, type SpeakRequest } from '@switchyard/contracts/routing';
import { err, type FieldViolation, ok, type Result } from '@switchyard/kernel';
import { isObject } from '../../formats/json.ts';
import { AUDIO_FORMAT_NAMES, AUDIO_FORMATS } from '../../operations/audio/audio-formats.ts';
import { decodePassthrough } from '../decode-passthrough.ts';
import { FieldReader, Violations } from '../field-reader.ts';
import type { CallerHeaders } from '../surface.ts';
import { readExtension } from '../switchyard/read-extension.ts';

/** A request for speech, decoded. */
export interface SpeechBody {
  readonly request: SpeakRequest;
}

const MAX_TEXT_CHARACTERS = 64 * 1024;
const MAX_INSTRUCTION_CHARACTERS = 16 * 1024;
const RESERVED_FIELDS: ReadonlySet<string> = new Set([
  'model',
  'input',
  'voice',
  'response_format',
  'speed',
  'instructions',
  'stream_format',
  'switchyard',
]);

/** Turns the body of `POST /v1/audio/speech` into the canonical request, or names every field that is wrong. */
export function decodeSpeechBody(
  json: unknown,
  headers: CallerHeaders,
): Result<SpeechBody, FieldViolation[]> {
  if (!isObject(json)) return err([{ field: '(body)', description: 'must be a JSON object' }]);
  const violations = new Violations();
  const body = new FieldReader({ object: json, path: '', violations });
  if (body.oneOf('stream_format', ['audio', 'sse']) === 'sse')
    body.refuse('stream_format', 'may only be "audio": events are not offered yet');
  const format = body.oneOf('response_format', AUDIO_FORMAT_NAMES);
  const passthroughJson = decodePassthrough(body, RESERVED_FIELDS);
  const request: SpeakRequest = {
    model: body.requiredString('model', 256),
    text: body.requiredString('input', MAX_TEXT_CHARACTERS),
    voice: body.requiredString('voice', 256),
    format: format === undefined ? AudioFormat.UNSPECIFIED : AUDIO_FORMATS[format].format,
    speed: body.number('speed', { min: 0.25, max: 4 }),
    instructions: body.string('instructions', MAX_INSTRUCTION_CHARACTERS) ?? '',
    user: '',
    purpose: Purpose.UNSPECIFIED,
    passthroughJson,
    passthroughFormat: passthroughJson === '' ? '' : 'openai-chat',
    ...readExtension(body, headers, violations),
  };
  return violations.list.length === 0 ? ok({ request }) : err(violations.list);
}
