import type { Delta } from '@switchyard/contracts/routing';
import { callIdOf } from '../call-id.ts';
import { isDeeperThan, isObject, type JsonObject, MAX_JSON_DEPTH, objectAt, stringAt } from '../json.ts';
import { withOrigin } from '../reasoning-origin.ts';

/** What a delta says. */
export type DeltaContent = NonNullable<Delta['content']>;

/** Kinds of content that no request of ours asks for and no canonical answer can hold. */
const FOREIGN = [
  'inlineData',
  'fileData',
  'executableCode',
  'codeExecutionResult',
  'toolCall',
  'toolResponse',
];

/**
 * Turns the parts of one answer into deltas, whole answers and streams alike, so that both give the same turn. A
 * signature becomes reasoning directly before the part that it stands on; on a thought it ends the thought.
 */
export class PartDecoder {
  #calls = 0;

  /** Number of function calls so far. */
  get calls(): number {
    return this.#calls;
  }

  /** The deltas of one part, or what is wrong with it. */
  decode(part: unknown, responseId: string | undefined): DeltaContent[] | string {
    if (!isObject(part)) return 'a part of the answer is not an object';
    const foreign = FOREIGN.find((field) => part[field] !== undefined);
    if (foreign !== undefined) return `the answer holds ${foreign}, which was not asked for`;
    const signature = decodeSignature(part);
    if (part.functionCall !== undefined) {
      const call = this.#decodeCall(part, responseId);
      return typeof call === 'string' ? call : [...signature, ...call];
    }
    const text = stringAt(part, 'text') ?? '';
    if (text === '') return signature;
    if (part.thought === true) return [{ $case: 'reasoning', value: text }, ...signature];
    return [...signature, { $case: 'text', value: text }];
  }

  #decodeCall(part: JsonObject, responseId: string | undefined): DeltaContent[] | string {
    const call = objectAt(part, 'functionCall');
    const name = call === undefined ? undefined : stringAt(call, 'name');
    if (call === undefined || !name) return 'a function call has no name';
    if (call.willContinue === true) return 'a function call comes in pieces, which was not asked for';
    const args = call.args ?? {};
    if (!isObject(args)) return 'the arguments of a function call are not an object';
    if (isDeeperThan(args, MAX_JSON_DEPTH)) return 'the arguments of a function call are nested too deep';
    const index = this.#calls;
    this.#calls += 1;
    const delta = JSON.stringify(args);
    const id = callIdOf({ id: stringAt(call, 'id'), responseId, index, name, argumentsJson: delta });
    return [
      { $case: 'toolCallStart', value: { index, id, name } },
      { $case: 'toolCallArguments', value: { index, delta } },
    ];
  }
}

function decodeSignature(part: JsonObject): DeltaContent[] {
  const signature = stringAt(part, 'thoughtSignature');
  return signature ? [{ $case: 'reasoningSignature', value: withOrigin('gemini', signature) }] : [];
}
