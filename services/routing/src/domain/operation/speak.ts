import { AudioFormat, type SpeakRequest } from '@switchyard/contracts/routing';
import { measureSpeech } from '@switchyard/llm';
import type { Check } from '../request/validate-requirements.ts';
import { checkText } from './check-text.ts';
import type { OperationRules } from './operation-rules.ts';

const MAX_TEXT_BYTES = 64 * 1024;
const MAX_VOICE_CHARACTERS = 256;
const MAX_INSTRUCTION_CHARACTERS = 16 * 1024;
const SPEED = { slowest: 0.25, fastest: 4 } as const;
const FORMATS: ReadonlySet<AudioFormat> = new Set(
  Object.values(AudioFormat).filter((format) => format !== AudioFormat.UNRECOGNIZED),
);

/** A text, to be spoken. */
export const speak: OperationRules<'speak'> = {
  validate: checkSpeak,
  capabilitiesOf: () => ['speech'],
  sizeOf: (request) => {
    const { characters, expectedTokens, mostTokens, expectedSeconds } = measureSpeech(request);
    return {
      estimatedInputTokens: expectedTokens,
      inputTokenBound: mostTokens,
      estimatedContextTokens: expectedTokens,
      contexts: 1,
      // What is written is sound alone, whose tokens nobody tells. Models that charge none have no price of output.
      maxOutputTokens: undefined,
      untoldOutput: 'unknown',
      units: [
        { unit: 'inputCharacter', expected: characters, most: characters },
        { unit: 'outputAudioSecond', expected: expectedSeconds, most: Infinity },
      ],
    };
  },
};

function checkSpeak({ text, voice, format, speed, instructions }: SpeakRequest, check: Check): void {
  checkText(text, { field: 'text', maxBytes: MAX_TEXT_BYTES }, check);
  check(
    voice.length > 0 && voice.length <= MAX_VOICE_CHARACTERS,
    'voice',
    `must have 1 to ${MAX_VOICE_CHARACTERS} characters`,
  );
  check(FORMATS.has(format), 'format', 'must be one of mp3, opus, aac, flac, wav, pcm');
  check(
    speed === undefined || (speed >= SPEED.slowest && speed <= SPEED.fastest),
    'speed',
    `must be from ${SPEED.slowest} to ${SPEED.fastest}`,
  );
  check(
    instructions.length <= MAX_INSTRUCTION_CHARACTERS,
    'instructions',
    `may have ${MAX_INSTRUCTION_CHARACTERS} characters at most`,
  );
}
