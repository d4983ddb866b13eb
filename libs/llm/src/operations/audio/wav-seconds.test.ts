import { expect, test } from 'vitest';
import { measureSound } from './measure-sound.ts';
import { expectedWavSeconds } from './wav-seconds.ts';

/** Canonical WAV: 16 kHz, 16 bit, one channel. */
function wav(seconds: number, { sizeSaid = seconds * 32_000, extra = Buffer.alloc(0) } = {}): Buffer {
  const head = Buffer.alloc(36);
  head.write('RIFF', 0, 'latin1');
  head.write('WAVEfmt ', 8, 'latin1');
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(16_000, 24);
  head.writeUInt32LE(32_000, 28);
  const data = Buffer.alloc(8);
  data.write('data', 0, 'latin1');
  data.writeUInt32LE(sizeSaid, 4);
  return Buffer.concat([head, extra, data, Buffer.alloc(seconds * 32_000)]);
}

const LIST = Buffer.from('LIST\x03\x00\x00\x00abc\x00', 'latin1');

test.each([
  ['a plain one', wav(2), 2],
  ['one with a chunk of odd length before the data', wav(2, { extra: LIST }), 2],
  ['one that was streamed and does not know its length', wav(2, { sizeSaid: 0xffff_ffff }), 2],
  ['no WAV', Buffer.from('ID3 and so on'), undefined],
  ['nothing', Buffer.alloc(0), undefined],
  ['a header alone', wav(0).subarray(0, 20), undefined],
])('%s', (_, bytes, seconds) => {
  expect(expectedWavSeconds(bytes)).toBe(seconds);
});

test('a sound is never longer than its bytes allow, whatever it says of itself', () => {
  const liar = wav(1);
  liar.writeUInt32LE(1, 28);
  const { mostSeconds } = measureSound({ audio: liar, prompt: '' });
  expect(mostSeconds).toBe(Math.ceil(liar.length / 32));
});
