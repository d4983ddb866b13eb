import { isDeepJson, type Result } from '@switchyard/kernel';
import type { BatchProblem } from './batch.ts';
import { MAX_CUSTOM_ID, MAX_LINES } from './batch-limits.ts';
import type { TextLine } from './cut-lines.ts';

/** One request of a batch. */
export interface BatchLine {
  /** From 1. */
  readonly number: number;
  readonly customId: string;
  /** As the endpoint takes it; what it holds is checked when its turn comes. */
  readonly body: unknown;
}

/** Reads a line as OpenAI has it: `{"custom_id", "method": "POST", "url", "body"}`. */
export function readLine({ number, text }: TextLine, endpoint: string): Result<BatchLine, BatchProblem> {
  const wrong = (code: string, message: string, field?: string): Result<BatchLine, BatchProblem> => ({
    ok: false,
    error: { code, message, line: number, field },
  });
  const read = parseObject(text);
  if (read === undefined)
    return wrong('invalid_json_line', 'the line is not a JSON object, or nested too deep');
  const { custom_id: customId, method, url, body } = read;
  if (typeof customId !== 'string' || customId === '' || customId.length > MAX_CUSTOM_ID)
    return wrong('invalid_custom_id', `must be a string of 1 to ${MAX_CUSTOM_ID} characters`, 'custom_id');
  if (method !== 'POST') return wrong('invalid_method', 'must be "POST"', 'method');
  if (url !== endpoint) return wrong('mismatched_url', `must be the batch's endpoint, "${endpoint}"`, 'url');
  if (!isObject(body)) return wrong('invalid_body', 'must be an object', 'body');
  if (body.stream === true)
    return wrong('invalid_body', 'a batch is not streamed; leave it out', 'body.stream');
  return { ok: true, value: { number, customId, body } };
}

type JsonObject = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function parseObject(text: string): JsonObject | undefined {
  if (isDeepJson(text)) return undefined;
  try {
    const read: unknown = JSON.parse(text);
    return isObject(read) ? read : undefined;
  } catch {
    return undefined;
  }
}

/** Most problems that are told of a file. */
const MAX_PROBLEMS = 100;

/** Checks the lines of a file one after another: each by itself, and that no `custom_id` comes twice. */
export class FileCheck {
  readonly #endpoint: string;
  readonly #customIds = new Set<string>();
  readonly #problems: BatchProblem[] = [];
  #lines = 0;

  constructor(endpoint: string) {
    this.#endpoint = endpoint;
  }

  /** @returns whether it is worth going on */
  add(line: TextLine): boolean {
    this.#lines++;
    if (this.#lines > MAX_LINES) {
      this.#problems.push({ code: 'too_many_lines', message: `a batch may have ${MAX_LINES} lines at most` });
      return false;
    }
    const read = readLine(line, this.#endpoint);
    if (!read.ok) this.#problems.push(read.error);
    else if (this.#customIds.has(read.value.customId)) this.#problems.push(duplicate(line));
    else this.#customIds.add(read.value.customId);
    return this.#problems.length < MAX_PROBLEMS;
  }

  /** Lines that are no empty ones. */
  get lines(): number {
    return this.#lines;
  }

  /** Everything that is wrong, once all lines were added. */
  get problems(): readonly BatchProblem[] {
    if (this.#lines === 0) return [{ code: 'empty_file', message: 'the file has no lines' }];
    return this.#problems;
  }
}

const duplicate = ({ number }: TextLine): BatchProblem => ({
  code: 'duplicate_custom_id',
  message: 'an earlier line has the same custom_id',
  line: number,
  field: 'custom_id',
});
