import type { TimedText, TranscribeRequest, Usage } from '@switchyard/contracts/routing';
import { TimestampGranularity } from '@switchyard/contracts/routing';
import { err, ok, type Result } from '@switchyard/kernel';
import type { DecodedTranscript } from '../../../operations/audio/decoded-transcript.ts';
import type { HttpAnswer } from '../../http-message.ts';
import { arrayAt, countAt, isObject, type JsonObject, objectAt, stringAt } from '../../json.ts';
import { invalidResponse, type ProviderError } from '../../provider-error.ts';
import { plainBody } from '../plain-body.ts';

/** A whole answer of `POST /audio/transcriptions`, as `json` or `verbose_json`. */
export function decodeTranscribeResponse(
  answer: HttpAnswer,
  { timestamps }: TranscribeRequest,
): Result<DecodedTranscript, ProviderError> {
  const body = plainBody(answer);
  if (!body.ok) return body;
  const text = stringAt(body.value, 'text');
  if (text === undefined) return err(invalidResponse('the answer has no text', 200));
  const durationSeconds = secondsAt(body.value, 'duration');
  const usage = usageOf(objectAt(body.value, 'usage'));
  return ok({
    text,
    language: stringAt(body.value, 'language') ?? '',
    durationSeconds,
    words: timed(timestamps.includes(TimestampGranularity.WORD) ? arrayAt(body.value, 'words') : []),
    segments: timed(timestamps.includes(TimestampGranularity.SEGMENT) ? arrayAt(body.value, 'segments') : []),
    usage: usage ?? (durationSeconds === undefined ? undefined : usageOfSeconds(durationSeconds)),
    providerModel: stringAt(body.value, 'model') ?? '',
  });
}

/** By tokens, or by the second. */
function usageOf(usage: JsonObject | undefined): Usage | undefined {
  if (usage === undefined) return undefined;
  const seconds = secondsAt(usage, 'seconds');
  if (usage.type === 'duration' && seconds !== undefined) return usageOfSeconds(seconds);
  const [inputTokens, outputTokens] = [countAt(usage, 'input_tokens'), countAt(usage, 'output_tokens')];
  if (inputTokens === undefined || outputTokens === undefined) return undefined;
  const inputAudioTokens = countAt(objectAt(usage, 'input_token_details'), 'audio_tokens');
  return { inputTokens, inputAudioTokens, outputTokens, estimated: false };
}

const usageOfSeconds = (seconds: number): Usage => ({
  inputTokens: 0,
  outputTokens: 0,
  inputAudioSeconds: Math.ceil(seconds),
  estimated: false,
});

function timed(entries: readonly unknown[]): TimedText[] {
  return entries.filter(isObject).map((entry) => ({
    text: stringAt(entry, 'word') ?? stringAt(entry, 'text') ?? '',
    startSeconds: secondsAt(entry, 'start') ?? 0,
    endSeconds: secondsAt(entry, 'end') ?? 0,
  }));
}

/** As a number, or as Whisper's own server writes it, as a text. */
function secondsAt(object: JsonObject, key: string): number | undefined {
  const seconds = Number(object[key] ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : undefined;
}
