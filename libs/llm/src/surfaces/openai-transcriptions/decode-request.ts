import { Purpose, TimestampGranularity, type TranscribeRequest } from '@switchyard/contracts/routing';
import { err, type FieldViolation, ok, type Result } from '@switchyard/kernel';
import { isObject, type JsonObject, parseJson } from '../../formats/json.ts';
import { decodePassthrough } from '../decode-passthrough.ts';
import { FieldReader, Violations } from '../field-reader.ts';
import { type CallerHeaders, FormFile } from '../surface.ts';
import { readExtension } from '../switchyard/read-extension.ts';

/** A request for a transcript, decoded. */
export interface TranscriptionsForm {
  readonly request: TranscribeRequest;
  /** How it is answered. */
  readonly answer: (typeof ANSWERS)[number];
}

const ANSWERS = ['json', 'verbose_json', 'text'] as const;
const GRANULARITIES = { word: TimestampGranularity.WORD, segment: TimestampGranularity.SEGMENT } as const;
const GRANULARITY_NAMES = Object.keys(GRANULARITIES) as (keyof typeof GRANULARITIES)[];
const MAX_PROMPT_CHARACTERS = 16 * 1024;
const TIMESTAMPS = 'timestamp_granularities[]';
const RESERVED_FIELDS: ReadonlySet<string> = new Set([
  'file',
  'model',
  'language',
  'prompt',
  'temperature',
  'response_format',
  TIMESTAMPS,
  'stream',
  'switchyard',
]);
const NO_FILE = new FormFile({ filename: '', mediaType: '', data: Buffer.alloc(0) });

/** Turns the form of `POST /v1/audio/transcriptions` into the canonical request, or names every field that is wrong. */
export function decodeTranscriptionsForm(
  form: unknown,
  headers: CallerHeaders,
): Result<TranscriptionsForm, FieldViolation[]> {
  if (!isObject(form)) return err([{ field: '', description: 'the body must be a form' }]);
  const violations = new Violations();
  const body = new FieldReader({ object: withObjects(form), path: '', violations });
  if (form.stream === 'true') body.refuse('stream', 'is not offered yet: ask without it');
  for (const [name, value] of Object.entries(form))
    if (name !== 'file' && value instanceof FormFile) body.refuse(name, 'may not be a file');
  if (violations.list.length > 0) return err(violations.list);
  const answer = body.oneOf('response_format', ANSWERS) ?? 'json';
  const { filename, mediaType, data } = fileOf(body);
  const passthroughJson = decodePassthrough(body, RESERVED_FIELDS);
  const request: TranscribeRequest = {
    model: body.requiredString('model', 256),
    audio: data,
    mediaType,
    filename,
    language: body.string('language', 32) ?? '',
    prompt: body.string('prompt', MAX_PROMPT_CHARACTERS) ?? '',
    temperature: temperatureOf(body),
    timestamps: timestampsOf(body, answer),
    user: '',
    purpose: Purpose.UNSPECIFIED,
    passthroughJson,
    passthroughFormat: passthroughJson === '' ? '' : 'openai-chat',
    ...readExtension(body, headers, violations),
  };
  return violations.list.length === 0 ? ok({ request, answer }) : err(violations.list);
}

/** In a form, Switchyard's own fields are JSON. */
const withObjects = (form: JsonObject): JsonObject =>
  typeof form.switchyard === 'string' ? { ...form, switchyard: parseJson(form.switchyard) ?? '' } : form;

function fileOf(body: FieldReader): FormFile {
  const { file } = body.object;
  if (file instanceof FormFile && file.data.length > 0) return file;
  body.refuse('file', 'is required: a file with sound in it');
  return NO_FILE;
}

function temperatureOf(body: FieldReader): number | undefined {
  const text = body.string('temperature', 32);
  if (text === undefined || text === '') return undefined;
  const temperature = Number(text);
  if (temperature >= 0 && temperature <= 1) return temperature;
  return body.refuse('temperature', 'must be a number from 0 to 1');
}

/** Of segments where nothing is said and the answer has room for them, as OpenAI does. */
function timestampsOf(body: FieldReader, answer: TranscriptionsForm['answer']): TimestampGranularity[] {
  const stated = body.object[TIMESTAMPS];
  const names = Array.isArray(stated) ? stated : stated === undefined ? [] : [stated];
  if (answer !== 'verbose_json' && names.length > 0) {
    body.refuse(TIMESTAMPS, 'needs response_format verbose_json');
    return [];
  }
  const known = names.filter((name) => GRANULARITY_NAMES.includes(name));
  if (known.length < names.length) body.refuse(TIMESTAMPS, `must be among ${GRANULARITY_NAMES.join(', ')}`);
  const wanted = answer === 'verbose_json' && names.length === 0 ? (['segment'] as const) : known;
  return [...new Set(wanted)].map((name) => GRANULARITIES[name as keyof typeof GRANULARITIES]);
}
