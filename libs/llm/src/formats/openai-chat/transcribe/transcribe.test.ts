import { TimestampGranularity, TranscribeRequest } from '@switchyard/contracts/routing';
import { expect, test } from 'vitest';
import { answer } from '../../testing/fixtures.ts';
import { transcribe } from './transcribe.ts';

const asked = (change: Parameters<typeof TranscribeRequest.fromPartial>[0] = {}) =>
  TranscribeRequest.fromPartial({ model: 'm', audio: Buffer.from('sound'), filename: 'a.mp3', ...change });
const decode = (body: unknown, request = asked()) => transcribe.decodeResponse(answer({ body }), request);
const formOf = async (request: TranscribeRequest, model = 'gpt-4o-transcribe') => {
  const encoded = transcribe.encodeRequest({ request, model });
  if (!encoded.ok) throw new Error(encoded.error.field);
  const { headers, body, path } = encoded.value;
  expect(path).toBe('/audio/transcriptions');
  return new Response(new Uint8Array(body as Buffer), { headers }).formData();
};

test('a form with the file; Whisper is asked for what tells the length', async () => {
  const form = await formOf(asked({ language: 'en', temperature: 0 }));
  expect(Object.fromEntries([...form].filter(([name]) => name !== 'file'))).toEqual({
    model: 'gpt-4o-transcribe',
    response_format: 'json',
    language: 'en',
    temperature: '0',
  });
  expect(await (form.get('file') as File).text()).toBe('sound');
  const timed = asked({ timestamps: [TimestampGranularity.WORD, TimestampGranularity.SEGMENT] });
  const whisper = await formOf(timed, 'openai/whisper-1');
  expect(whisper.get('response_format')).toBe('verbose_json');
  expect(whisper.getAll('timestamp_granularities[]')).toEqual(['word', 'segment']);
});

test('a field that is no text cannot stand in a form', () => {
  const request = asked({ passthroughFormat: 'openai-chat', passthroughJson: '{"include":["logprobs"]}' });
  const encoded = transcribe.encodeRequest({ request, model: 'm' });
  expect(encoded.ok ? undefined : encoded.error.field).toBe('passthrough_json.include');
});

/** Examples of https://platform.openai.com/docs/api-reference/audio/createTranscription */
const BY_TOKENS = {
  text: 'Imagine the wildest idea that you have ever had.',
  usage: {
    type: 'tokens',
    input_tokens: 14,
    input_token_details: { text_tokens: 0, audio_tokens: 14 },
    output_tokens: 45,
    total_tokens: 59,
  },
};
const VERBOSE = {
  task: 'transcribe',
  language: 'english',
  duration: 8.470000267028809,
  text: 'The beach was a popular spot on a hot summer day.',
  segments: [{ id: 0, start: 0.0, end: 3.319999933242798, text: ' The beach was a popular spot' }],
  usage: { type: 'duration', seconds: 9 },
};

test('tokens, or seconds: what is told is what is charged', () => {
  expect(decode(BY_TOKENS)).toMatchObject({
    ok: true,
    value: { text: BY_TOKENS.text, usage: { inputTokens: 14, inputAudioTokens: 14, outputTokens: 45 } },
  });
  const timestamps = [TimestampGranularity.SEGMENT];
  expect(decode(VERBOSE, asked({ timestamps }))).toMatchObject({
    value: {
      language: 'english',
      durationSeconds: 8.470000267028809,
      segments: [{ startSeconds: 0, text: ' The beach was a popular spot' }],
      usage: { inputAudioSeconds: 9, inputTokens: 0, outputTokens: 0 },
    },
  });
});

test('where no usage is told the length is, rounded up; times that were not asked for are left out', () => {
  const decoded = decode({ ...VERBOSE, usage: undefined });
  expect(decoded).toMatchObject({ value: { usage: { inputAudioSeconds: 9 }, segments: [] } });
  expect(decode({ ...VERBOSE, usage: undefined, duration: '8.47' })).toMatchObject({
    value: { durationSeconds: 8.47 },
  });
});

test('without a text it is no success', () => {
  expect(decode({})).toMatchObject({ ok: false, error: { class: 'invalid_response' } });
});
