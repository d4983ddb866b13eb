import type { SpeakRequest } from '@switchyard/contracts/routing';
import { err, ok, type Result } from '@switchyard/kernel';
import { AUDIO_FORMATS, audioFormatName } from '../../../operations/audio/audio-formats.ts';
import type { DecodedSpeech } from '../../../operations/audio/decoded-speech.ts';
import { headerOf } from '../../http-answer.ts';
import type { HttpAnswer } from '../../http-message.ts';
import { invalidResponse, type ProviderError } from '../../provider-error.ts';
import { classifyChatError } from '../classify-error.ts';

/** A whole answer of `POST /audio/speech`: sound, and nothing beside it. */
export function decodeSpeakResponse(
  answer: HttpAnswer,
  { format }: SpeakRequest,
): Result<DecodedSpeech, ProviderError> {
  if (answer.status !== 200) return err(classifyChatError(answer));
  const type = headerOf(answer.headers, 'content-type') ?? '';
  // A proxy's page, or an error in the form of a success.
  if (!/^(?:audio\/|application\/octet-stream)/i.test(type) || answer.body.length === 0)
    return err(invalidResponse('the answer is no sound', 200));
  const isNamed = /^audio\//i.test(type);
  return ok({
    audio: answer.body,
    mediaType: isNamed ? type : AUDIO_FORMATS[audioFormatName(format)].mediaType,
    usage: undefined,
    providerModel: '',
  });
}
