import { cosineSimilarity, numbersIn } from '@switchyard/llm';
import { UsageError } from '../command.ts';

/** Two questions, and whether one answer does for both. */
export interface QuestionPair {
  readonly one: string;
  readonly other: string;
  readonly same: boolean;
}

const MAX_PAIRS = 10_000;

/** Reads pairs, one on each line as JSON. @throws UsageError naming the line */
export function readPairs(text: string): QuestionPair[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  if (lines.length > MAX_PAIRS) throw new UsageError(`there are more than ${MAX_PAIRS} pairs`);
  const pairs = lines.map((line, i) => readPair(line, i + 1));
  if (!pairs.some(({ same }) => same) || pairs.every(({ same }) => same))
    throw new UsageError('there must be pairs that are the same, and pairs that are not');
  return pairs;
}

function readPair(line: string, number: number): QuestionPair {
  let pair: unknown;
  try {
    pair = JSON.parse(line);
  } catch {
    throw new UsageError(`line ${number} is no JSON`);
  }
  const { one, other, same } = (pair ?? {}) as Record<string, unknown>;
  if (typeof one !== 'string' || typeof other !== 'string' || typeof same !== 'boolean')
    throw new UsageError(`line ${number} must be {"one": "…", "other": "…", "same": true or false}`);
  return { one, other, same };
}

/** How well a least similarity tells pairs apart. */
export interface ThresholdQuality {
  readonly minSimilarity: number;
  /** Of the pairs that pass it, the share that are the same; undefined where none passes. */
  readonly precision: number | undefined;
  /** Of the pairs that are the same, the share that passes. */
  readonly recall: number;
  /** Pairs that pass it and are not the same: each would be a wrong answer. */
  readonly wrong: number;
}

const THRESHOLDS = [0.8, 0.85, 0.9, 0.92, 0.94, 0.95, 0.96, 0.97, 0.98, 0.99];

/** How each of some thresholds does, as the cache would judge: with other numbers nothing is the same. */
export function qualityOf(
  pairs: readonly QuestionPair[],
  vectorOf: (text: string) => readonly number[],
): ThresholdQuality[] {
  const judged = pairs.map(({ one, other, same }) => {
    const isSame = numbersIn(one) === numbersIn(other);
    return { same, similarity: isSame ? (cosineSimilarity(vectorOf(one), vectorOf(other)) ?? 0) : 0 };
  });
  const all = judged.filter(({ same }) => same).length;
  return THRESHOLDS.map((minSimilarity) => {
    const passing = judged.filter(({ similarity }) => similarity >= minSimilarity);
    const right = passing.filter(({ same }) => same).length;
    const precision = passing.length === 0 ? undefined : right / passing.length;
    return { minSimilarity, precision, recall: right / all, wrong: passing.length - right };
  });
}
