import { TimestampGranularity, type TranscribeRequest } from '@switchyard/contracts/routing';
import { err, ok, type Result } from '@switchyard/kernel';
import type { PlainEncodeInput } from '../../../operations/operation-format.ts';
import type { SendableRequest } from '../../http-message.ts';
import { encodeMultipart, type FormPart } from '../../multipart.ts';
import { passthroughFor } from '../../passthrough.ts';
import type { Unsupported } from '../../unsupported.ts';

/** Fields of the form that the canonical request decides. */
const RESERVED_FIELDS: ReadonlySet<string> = new Set([
  'model',
  'file',
  'language',
  'prompt',
  'temperature',
  'response_format',
  'timestamp_granularities',
  'timestamp_granularities[]',
  'stream',
  'switchyard',
]);
/** They tell how long the sound is, and when what was said; OpenAI's newer models know plain JSON only, and tell their tokens. */
const TELLS_LENGTH = /whisper/i;

/** A canonical request as `POST /audio/transcriptions`. */
export function encodeTranscribeRequest({
  request,
  model,
}: PlainEncodeInput<TranscribeRequest>): Result<SendableRequest, Unsupported> {
  const passthrough = passthroughFor({ request, format: 'openai-chat', reserved: RESERVED_FIELDS });
  if (!passthrough.ok) return passthrough;
  const { audio, filename, mediaType, language, prompt, temperature, timestamps } = request;
  const isVerbose = TELLS_LENGTH.test(model) || timestamps.length > 0;
  const parts: FormPart[] = [
    { name: 'model', value: model },
    { name: 'response_format', value: isVerbose ? 'verbose_json' : 'json' },
    ...field('language', language),
    ...field('prompt', prompt),
    ...field('temperature', temperature === undefined ? '' : String(temperature)),
    ...timestamps.map((of) => ({
      name: 'timestamp_granularities[]',
      value: of === TimestampGranularity.WORD ? 'word' : 'segment',
    })),
  ];
  for (const [name, value] of Object.entries(passthrough.value)) {
    if (typeof value !== 'string')
      return err({
        field: `passthrough_json.${name}`,
        description: 'must be a text: it is a field of a form',
      });
    parts.push({ name, value });
  }
  const type = mediaType || 'application/octet-stream';
  parts.push({ name: 'file', filename: filename || 'audio', mediaType: type, data: audio });
  const { contentType, body } = encodeMultipart(parts);
  return ok({
    path: '/audio/transcriptions',
    query: undefined,
    headers: { 'content-type': contentType },
    body,
  });
}

const field = (name: string, value: string): FormPart[] => (value === '' ? [] : [{ name, value }]);
