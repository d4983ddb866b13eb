import type { TimedText, TranscribeResponse, Usage } from '@switchyard/contracts/routing';
import { RawBody } from '../surface.ts';
import { encodeExtension } from '../switchyard/encode-extension.ts';
import type { TranscriptionsForm } from './decode-request.ts';

/** The body of an answer of `POST /v1/audio/transcriptions`, in the form that was asked for. */
export function encodeTranscription(response: TranscribeResponse, { answer }: TranscriptionsForm): object {
  const { text, usage } = response;
  switch (answer) {
    case 'text':
      return new RawBody('text/plain; charset=utf-8', Buffer.from(`${text}\n`, 'utf8'));
    case 'json':
      return { text, ...usageOf(usage), switchyard: encodeExtension(response) };
    case 'verbose_json':
      return {
        task: 'transcribe',
        language: response.language,
        duration: response.durationSeconds,
        text,
        ...(response.words.length > 0 && { words: response.words.map(encodeWord) }),
        segments: response.segments.map(encodeSegment),
        ...usageOf(usage),
        switchyard: encodeExtension(response),
      };
    default:
      return answer satisfies never;
  }
}

const encodeWord = ({ text, startSeconds, endSeconds }: TimedText): object => ({
  word: text,
  start: startSeconds,
  end: endSeconds,
});

const encodeSegment = ({ text, startSeconds, endSeconds }: TimedText, id: number): object => ({
  id,
  start: startSeconds,
  end: endSeconds,
  text,
});

/** As OpenAI tells tokens, or seconds. */
function usageOf(usage: Usage | undefined): object {
  const { inputAudioSeconds, inputTokens, outputTokens, inputAudioTokens = 0 } = usage ?? {};
  if (inputAudioSeconds !== undefined) return { usage: { type: 'duration', seconds: inputAudioSeconds } };
  if (inputTokens === undefined || outputTokens === undefined) return {};
  return {
    usage: {
      type: 'tokens',
      input_tokens: inputTokens,
      input_token_details: { audio_tokens: inputAudioTokens, text_tokens: inputTokens - inputAudioTokens },
      output_tokens: outputTokens,
      total_tokens: inputTokens + outputTokens,
    },
  };
}
