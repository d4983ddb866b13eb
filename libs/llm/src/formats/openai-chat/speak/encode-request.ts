import type { SpeakRequest } from '@switchyard/contracts/routing';
import { ok, type Result } from '@switchyard/kernel';
import { audioFormatName } from '../../../operations/audio/audio-formats.ts';
import type { PlainEncodeInput } from '../../../operations/operation-format.ts';
import type { EncodedRequest } from '../../http-message.ts';
import { passthroughFor } from '../../passthrough.ts';
import type { Unsupported } from '../../unsupported.ts';

/** Fields of the body that the canonical request decides. */
const RESERVED_FIELDS: ReadonlySet<string> = new Set([
  'model',
  'input',
  'voice',
  'response_format',
  'speed',
  'instructions',
  'stream',
  'stream_format',
  'switchyard',
]);
const HEADERS = Object.freeze({ 'content-type': 'application/json' });

/** A canonical request as `POST /audio/speech`. */
export function encodeSpeakRequest({
  request,
  model,
}: PlainEncodeInput<SpeakRequest>): Result<EncodedRequest, Unsupported> {
  const passthrough = passthroughFor({ request, format: 'openai-chat', reserved: RESERVED_FIELDS });
  if (!passthrough.ok) return passthrough;
  const { text, voice, format, speed, instructions } = request;
  const body = {
    model,
    input: text,
    voice,
    response_format: audioFormatName(format),
    speed,
    instructions: instructions || undefined,
    ...passthrough.value,
  };
  return ok({ path: '/audio/speech', query: undefined, headers: HEADERS, body: JSON.stringify(body) });
}
