const LENGTH_BYTES = 4;

/** The pieces of a streamed answer as one: each after its length, 32 bits, big-endian. */
export function joinPieces(pieces: readonly Uint8Array[]): Buffer {
  return Buffer.concat(
    pieces.flatMap((piece) => {
      const length = Buffer.alloc(LENGTH_BYTES);
      length.writeUInt32BE(piece.length);
      return [length, piece];
    }),
  );
}

/** And back. @throws RangeError where it is none */
export function splitPieces(joined: Buffer): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < joined.length; ) {
    const begin = at + LENGTH_BYTES;
    at = begin + joined.readUInt32BE(at);
    if (at > joined.length) throw new RangeError('a piece is longer than what is there');
    pieces.push(joined.subarray(begin, at));
  }
  return pieces;
}
