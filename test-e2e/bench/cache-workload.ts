import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One request of the workload. */
export interface TracedRequest {
  /** Requests with the same number ask the same. */
  readonly question: number;
  readonly prompt: string;
  readonly maxOutputTokens: number;
}

/** One request in so many is a new question; the others repeat one that was asked before. */
const NEW_IN = 5;
/** About so many characters are a token. */
const CHARACTERS_PER_TOKEN = 4;
/** Longest prompt, in tokens: what the simulated model takes. */
const MAX_TOKENS = 8_000;
const FILLER = 'The yard foreman reads the list of wagons aloud before the shunting begins. ';

/**
 * The trace's requests in their order and with their lengths, four out of five a repeat of an earlier one. The trace has no texts; what is
 * repeated is drawn by a fixed rule, recent questions more often than old ones.
 */
export function readWorkload(): TracedRequest[] {
  const path = join(import.meta.dirname, 'traces/azure-conversations.csv');
  const rows = readFileSync(path, 'utf8').trim().split('\n').slice(1);
  const questions: TracedRequest[] = [];
  let state = 1;
  return rows.map((row, i) => {
    if (i % NEW_IN === 0) {
      const question = newQuestion(questions.length, row);
      questions.push(question);
      return question;
    }
    // Numerical Recipes' linear congruential generator: the same workload in every run.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const age = Math.floor((state / 2 ** 32) ** 2 * questions.length);
    return questions[questions.length - 1 - age] as TracedRequest;
  });
}

function newQuestion(question: number, row: string): TracedRequest {
  const [, context = 1, generated = 1] = row.split(',').map(Number);
  const length = Math.min(context, MAX_TOKENS) * CHARACTERS_PER_TOKEN;
  const prompt = `Question ${question}. ${FILLER.repeat(Math.ceil(length / FILLER.length))}`.slice(
    0,
    Math.max(length, 20),
  );
  return { question, prompt, maxOutputTokens: Math.max(1, generated) };
}
