import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A part of a prompt. */
export interface TracedBlock {
  /** Equal only where the text is, and all that comes before it. */
  readonly id: string;
  readonly tokens: number;
}

/** One request of a trace. */
export interface TracedCall {
  /** After the first one, in milliseconds. */
  readonly arrivalMs: number;
  readonly blocks: readonly TracedBlock[];
  readonly outputTokens: number;
}

/** Tokens of a block that is full. */
const BLOCK_TOKENS = 512;

/** Azure's requests: each asks something else, for nobody knows what they asked. */
export const readAzure = (): TracedCall[] =>
  rowsOf('azure-conversations.csv').map(([arrivalMs, inputTokens, outputTokens], i) => ({
    arrivalMs: Number(arrivalMs),
    blocks: [{ id: `a${i}`, tokens: Number(inputTokens) }],
    outputTokens: Number(outputTokens),
  }));

/** Mooncake's requests, with the repeats and the shared beginnings that they had. A repeat is answered as the first of its kind was. */
export function readMooncake(): TracedCall[] {
  const outputOf = new Map<string, number>();
  return rowsOf('mooncake-conversations.csv').map(([arrivalMs, inputTokens, outputTokens, blocks = '']) => {
    const outputTokensOfFirst = outputOf.get(blocks) ?? Number(outputTokens);
    outputOf.set(blocks, outputTokensOfFirst);
    return {
      arrivalMs: Number(arrivalMs),
      blocks: blocksOf(blocks, Number(inputTokens)),
      outputTokens: outputTokensOfFirst,
    };
  });
}

function blocksOf(runs: string, inputTokens: number): TracedBlock[] {
  const ids = runs.split(' ').flatMap((run) => {
    const [first = 0, last = first] = run.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => `m${first + i}`);
  });
  return ids.map((id, i) => ({ id, tokens: Math.min(BLOCK_TOKENS, inputTokens - i * BLOCK_TOKENS) }));
}

function rowsOf(file: string): string[][] {
  const path = join(import.meta.dirname, '../traces', file);
  const [, ...rows] = readFileSync(path, 'utf8').trim().split('\n');
  return rows.map((row) => row.split(','));
}
