import { plainCall } from '../../../answer/plain-call.ts';
import { checkShape } from '../../../shape/check-shape.ts';
import { choice, list, record, required, text } from '../../../shape/shape.ts';
import type { AnswerWriter, CallReading, CallSource } from '../../wire-format.ts';

interface TranscriptionRequest {
  readonly model: string;
  readonly file: { readonly filename: string; readonly text: string };
  readonly response_format?: 'json' | 'verbose_json';
  readonly 'timestamp_granularities[]'?: readonly ('word' | 'segment')[];
}

const transcriptionRequestShape = record({
  model: required(text()),
  file: required(record({ filename: required(text()), mediaType: text(), text: required(text()) })),
  response_format: choice('json', 'verbose_json'),
  language: text(),
  prompt: text(),
  temperature: text(),
  'timestamp_granularities[]': list(choice('word', 'segment')),
});

/** Seconds of a sound by its bytes, as of the simulator's own WAV. */
const BYTES_PER_SECOND = 8_000;
const TOKENS_PER_SECOND = 10;
const SAID = 'This is a simulated transcript.';

/** Reads `POST /v1/audio/transcriptions`. Source: https://platform.openai.com/docs/api-reference/audio/createTranscription */
export function readTranscriptionCall({ body, unknownFields }: CallSource): CallReading {
  const checked = checkShape<TranscriptionRequest>({
    shape: transcriptionRequestShape,
    value: body,
    unknownFields,
  });
  if (!checked.ok)
    return { kind: 'refused', problem: { kind: 'shape', problem: checked.problem }, stream: false };
  const request = checked.value;
  const seconds = request.file.text.length / BYTES_PER_SECOND;
  const piece = { text: request.file.text, tokens: Math.ceil(seconds * TOKENS_PER_SECOND) };
  return {
    kind: 'call',
    call: plainCall(request.model, [piece]),
    writer: transcriptWriter(request, seconds),
  };
}

/** As the real ones do: Whisper is charged by the second, the others by tokens. */
function transcriptWriter(request: TranscriptionRequest, seconds: number): AnswerWriter {
  const isVerbose = request.response_format === 'verbose_json';
  const wanted = request['timestamp_granularities[]'] ?? ['segment'];
  const timed = { start: 0, end: seconds };
  return {
    streamContentType: 'text/event-stream',
    unary: ({ answer, usage }) => {
      const tokens = {
        type: 'tokens',
        input_tokens: answer.usage.inputTokens,
        input_token_details: { audio_tokens: answer.usage.inputTokens, text_tokens: 0 },
        output_tokens: 6,
        total_tokens: answer.usage.inputTokens + 6,
      };
      const duration = { type: 'duration', seconds: Math.ceil(seconds) };
      return JSON.stringify({
        ...(isVerbose && { task: 'transcribe', language: 'english', duration: seconds }),
        text: SAID,
        ...(isVerbose && wanted.includes('segment') && { segments: [{ id: 0, ...timed, text: SAID }] }),
        ...(isVerbose && wanted.includes('word') && { words: [{ word: 'This', ...timed }] }),
        ...(usage === 'report' && { usage: request.model.includes('whisper') ? duration : tokens }),
      });
    },
    stream: () => [],
  };
}
