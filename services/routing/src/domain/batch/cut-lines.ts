const NEWLINE = 0x0a;
/** Size of a chunk that is kept, unless one line is larger. */
const CHUNK_BYTES = 256 * 1024;

/** Cuts a file into chunks of whole lines: each can be read by itself. */
export function* cutChunks(data: Buffer, chunkBytes = CHUNK_BYTES): Generator<Buffer> {
  for (let start = 0; start < data.length; ) {
    const end = endOfChunk(data, start, chunkBytes);
    yield data.subarray(start, end);
    start = end;
  }
}

function endOfChunk(data: Buffer, start: number, chunkBytes: number): number {
  if (start + chunkBytes >= data.length) return data.length;
  const before = data.lastIndexOf(NEWLINE, start + chunkBytes - 1);
  const at = before >= start ? before : data.indexOf(NEWLINE, start + chunkBytes);
  return at < 0 ? data.length : at + 1;
}

/** A line of a file. */
export interface TextLine {
  /** From 1. */
  readonly number: number;
  readonly text: string;
}

/** The lines of chunks, those that are empty left out. */
export async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<TextLine, void, undefined> {
  let number = 0;
  for await (const chunk of chunks) {
    const lines = chunk.toString('utf8').split('\n');
    // What follows the last newline is no line.
    if (lines.at(-1) === '') lines.pop();
    for (const text of lines) {
      number++;
      if (text.trim() !== '') yield { number, text };
    }
  }
}

/** Size of the longest line, in bytes. */
export function longestLine(data: Buffer): number {
  let longest = 0;
  for (let start = 0; start < data.length; ) {
    const at = data.indexOf(NEWLINE, start);
    const end = at < 0 ? data.length : at;
    longest = Math.max(longest, end - start);
    start = end + 1;
  }
  return longest;
}
