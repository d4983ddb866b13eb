import { plainCall } from '../../../answer/plain-call.ts';
import { simulatedWav } from '../../../answer/simulated-media.ts';
import { countTokens } from '../../../answer/tokens.ts';
import { checkShape } from '../../../shape/check-shape.ts';
import { choice, decimal, record, required, text } from '../../../shape/shape.ts';
import type { CallReading, CallSource } from '../../wire-format.ts';

interface SpeechRequest {
  readonly model: string;
  readonly input: string;
}

const speechRequestShape = record({
  model: required(text()),
  input: required(text({ maxLength: 4_096 })),
  voice: required(text()),
  response_format: choice('mp3', 'opus', 'aac', 'flac', 'wav', 'pcm'),
  speed: decimal({ min: 0.25, max: 4 }),
  instructions: text(),
});

/** Characters that are spoken in a second. */
const CHARACTERS_PER_SECOND = 15;

/** Reads `POST /v1/audio/speech`; whatever is asked for, the sound is WAV. Source: https://platform.openai.com/docs/api-reference/audio/createSpeech */
export function readSpeechCall({ body, unknownFields }: CallSource): CallReading {
  const checked = checkShape<SpeechRequest>({ shape: speechRequestShape, value: body, unknownFields });
  if (!checked.ok)
    return { kind: 'refused', problem: { kind: 'shape', problem: checked.problem }, stream: false };
  const { model, input } = checked.value;
  return {
    kind: 'call',
    call: plainCall(model, [{ text: input, tokens: countTokens(input) }]),
    writer: {
      streamContentType: 'text/event-stream',
      unaryContentType: 'audio/wav',
      unary: () => simulatedWav(input.length / CHARACTERS_PER_SECOND),
      stream: () => [],
    },
  };
}
