/** Bytes of a RIFF header before its chunks, and of each chunk's head. */
const HEADER = 12;
const CHUNK_HEAD = 8;
/** Where the bytes of a second stand in the chunk `fmt `. */
const BYTE_RATE_AT = 8;

/** Length of a WAV sound in seconds, by its own header; `undefined` for anything else. Source: RIFF, ITU-T P.1305 annex */
export function expectedWavSeconds(bytes: Uint8Array): number | undefined {
  const wav = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (
    wav.length < HEADER ||
    wav.toString('latin1', 0, 4) !== 'RIFF' ||
    wav.toString('latin1', 8, 12) !== 'WAVE'
  )
    return undefined;
  let byteRate = 0;
  for (let at = HEADER; at + CHUNK_HEAD <= wav.length; ) {
    const name = wav.toString('latin1', at, at + 4);
    const size = wav.readUInt32LE(at + 4);
    const from = at + CHUNK_HEAD;
    if (name === 'fmt ' && from + BYTE_RATE_AT + 4 <= wav.length)
      byteRate = wav.readUInt32LE(from + BYTE_RATE_AT);
    // A stream's header does not know its length: it ends with the file.
    if (name === 'data') return byteRate === 0 ? undefined : Math.min(size, wav.length - from) / byteRate;
    // Chunks have an even length.
    at = from + size + (size % 2);
  }
  return undefined;
}
