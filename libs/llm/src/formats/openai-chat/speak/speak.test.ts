import { AudioFormat, SpeakRequest } from '@switchyard/contracts/routing';
import { expect, test } from 'vitest';
import type { HttpAnswer } from '../../http-message.ts';
import { speak } from './speak.ts';

const asked = (change: Parameters<typeof SpeakRequest.fromPartial>[0] = {}) =>
  SpeakRequest.fromPartial({ model: 'm', text: 'Hello', voice: 'alloy', ...change });
const answered = (type: string, body: string, status = 200): HttpAnswer => ({
  status,
  headers: { 'content-type': type },
  body: Buffer.from(body),
  wallNowMs: 0,
});
const bodyOf = (request: SpeakRequest) => {
  const encoded = speak.encodeRequest({ request, model: 'tts-1' });
  if (!encoded.ok) throw new Error(encoded.error.field);
  return { path: encoded.value.path, ...JSON.parse(String(encoded.value.body)) };
};

test('MP3 where nothing else is asked for', () => {
  expect(bodyOf(asked())).toEqual({
    path: '/audio/speech',
    model: 'tts-1',
    input: 'Hello',
    voice: 'alloy',
    response_format: 'mp3',
  });
  const change = { format: AudioFormat.OPUS, speed: 1.5, instructions: 'calm' };
  expect(bodyOf(asked(change))).toMatchObject({ response_format: 'opus', speed: 1.5, instructions: 'calm' });
});

test('sound is a success, by its type or the one that was asked for', () => {
  const told = speak.decodeResponse(answered('audio/mpeg', 'sound'), asked());
  expect(told).toMatchObject({ ok: true, value: { mediaType: 'audio/mpeg', usage: undefined } });
  expect(told.ok && String(told.value.audio)).toBe('sound');
  const nameless = answered('application/octet-stream', 'sound');
  expect(speak.decodeResponse(nameless, asked({ format: AudioFormat.WAV }))).toMatchObject({
    value: { mediaType: 'audio/wav' },
  });
});

test.each([
  ['a page', answered('text/html', '<html>'), 'invalid_response'],
  ['JSON', answered('application/json', '{}'), 'invalid_response'],
  ['silence of no bytes', answered('audio/mpeg', ''), 'invalid_response'],
  ['a limit', answered('application/json', '{"error":{"code":"rate_limit_exceeded"}}', 429), 'rate_limited'],
])('%s is none', (_, given, wanted) => {
  expect(speak.decodeResponse(given, asked())).toMatchObject({ ok: false, error: { class: wanted } });
});
