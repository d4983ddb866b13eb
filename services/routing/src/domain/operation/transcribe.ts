import { TimestampGranularity, type TranscribeRequest } from '@switchyard/contracts/routing';
import { measureSound } from '@switchyard/llm';
import type { Check } from '../request/validate-requirements.ts';
import type { OperationRules } from './operation-rules.ts';

const MAX_AUDIO_BYTES = 25 * 1024 * 1024;
const MAX_PROMPT_CHARACTERS = 16 * 1024;
const MAX_FILENAME_CHARACTERS = 256;
const LANGUAGE = /^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/;
const MEDIA_TYPE = /^[a-z]+\/[a-z0-9.+-]{1,64}$/i;
const TIMESTAMPS: ReadonlySet<TimestampGranularity> = new Set([
  TimestampGranularity.WORD,
  TimestampGranularity.SEGMENT,
]);

/** Sound, whose words are to be written down. */
export const transcribe: OperationRules<'transcribe'> = {
  validate: checkTranscribe,
  capabilitiesOf: () => ['transcription'],
  sizeOf: (request) => {
    const { expectedSeconds, mostSeconds, expectedTokens, mostTokens } = measureSound(request);
    return {
      estimatedInputTokens: expectedTokens,
      inputTokenBound: mostTokens,
      estimatedContextTokens: expectedTokens,
      contexts: 1,
      maxOutputTokens: undefined,
      units: [{ unit: 'inputAudioSecond', expected: expectedSeconds, most: mostSeconds }],
    };
  },
};

function checkTranscribe(request: TranscribeRequest, check: Check): void {
  const { audio, mediaType, filename, language, prompt, temperature, timestamps } = request;
  check(
    audio.length > 0 && audio.length <= MAX_AUDIO_BYTES,
    'audio',
    `must have 1 to ${MAX_AUDIO_BYTES} bytes`,
  );
  check(mediaType === '' || MEDIA_TYPE.test(mediaType), 'media_type', 'must be like "audio/mpeg"');
  check(
    filename.length <= MAX_FILENAME_CHARACTERS,
    'filename',
    `may have ${MAX_FILENAME_CHARACTERS} characters at most`,
  );
  check(language === '' || LANGUAGE.test(language), 'language', 'must be a language like "en"');
  check(
    prompt.length <= MAX_PROMPT_CHARACTERS,
    'prompt',
    `may have ${MAX_PROMPT_CHARACTERS} characters at most`,
  );
  check(
    temperature === undefined || (temperature >= 0 && temperature <= 1),
    'temperature',
    'must be from 0 to 1',
  );
  check(
    timestamps.length <= TIMESTAMPS.size && timestamps.every((of) => TIMESTAMPS.has(of)),
    'timestamps',
    'must be word, segment, or both',
  );
}
