import type { PromptUse } from '../prompt-cache/prompt-use.ts';
import type { TokenCounts } from '../stats/simulator-stats.ts';
import type { Answer, Finish } from './answer.ts';
import { fillerText } from './filler-text.ts';
import { planTools, toolCallTokens } from './plan-tools.ts';
import { schemaInstance } from './schema-instance.ts';
import { type Random, seededRandom } from './seeded-random.ts';
import type { AnswerForm, SimulatedCall } from './simulated-call.ts';
import { countTokens, truncateToTokens } from './tokens.ts';

/** How a simulated text begins, whatever the format. */
export const ANSWER_OPENING = 'Simulated answer:';
/** How simulated reasoning begins. */
export const REASONING_OPENING = 'Simulated reasoning:';

/** All that an answer depends on. */
export interface AnswerInputs {
  readonly call: SimulatedCall;
  /** Seed made from the request: the same request gets the same answer. */
  readonly seed: number;
  /** Reasoning tokens wanted; cut to the output bound. */
  readonly reasoningTokens: number;
  /** Bound of everything generated. */
  readonly maxOutputTokens: number;
  /** Tokens of prose that nothing else bounds. */
  readonly answerTokens: number;
  readonly promptUse: PromptUse;
}

/** Composes the one answer that belongs to these inputs. Pure. */
export function composeAnswer(inputs: AnswerInputs): Answer {
  const random = seededRandom(inputs.seed);
  const reasoningTokens = Math.min(inputs.reasoningTokens, inputs.maxOutputTokens);
  const { content, finish, tokens } = composeContent({
    inputs,
    budget: inputs.maxOutputTokens - reasoningTokens,
    random,
  });
  const usage: TokenCounts = {
    ...inputs.promptUse,
    outputTokens: reasoningTokens + tokens,
    reasoningTokens,
  };
  if (reasoningTokens === 0) return { content, finish, usage };
  const text = fillerText({ opening: REASONING_OPENING, tokens: reasoningTokens, random });
  return { reasoning: { text, tokens: reasoningTokens }, content, finish, usage };
}

type Content = Pick<Answer, 'content' | 'finish'> & { readonly tokens: number };
interface ContentWork {
  readonly inputs: AnswerInputs;
  readonly budget: number;
  readonly random: Random;
}

/** Tool calls that do not fit the budget are not made: a cut-off call could not be told from a whole one. */
function composeContent(work: ContentWork): Content {
  const calls = planTools(work.inputs.call);
  const tokens = calls.reduce((sum, call) => sum + toolCallTokens(call), 0);
  if (calls.length === 0 || tokens > work.budget) return composeText(work);
  return { content: { kind: 'tools', calls }, finish: { kind: 'tools' }, tokens };
}

function composeText({ inputs, budget, random }: ContentWork): Content {
  const { call, answerTokens } = inputs;
  const whole = wholeText({ form: call.form, answerTokens, random });
  const stopped = stopAt(whole, call.stopSequences);
  const text = truncateToTokens(stopped.text, budget);
  const finish: Finish = text.length < stopped.text.length ? { kind: 'length' } : stopped.finish;
  return { content: { kind: 'text', text }, finish, tokens: countTokens(text) };
}

function wholeText(args: { form: AnswerForm; answerTokens: number; random: Random }): string {
  const { form, answerTokens, random } = args;
  const prose = fillerText({ opening: ANSWER_OPENING, tokens: answerTokens, random });
  switch (form.kind) {
    case 'prose':
      return prose;
    case 'json':
      return JSON.stringify(form.schema === undefined ? { answer: prose } : schemaInstance(form.schema));
    default:
      return form satisfies never;
  }
}

function stopAt(text: string, sequences: readonly string[]): { text: string; finish: Finish } {
  let end = text.length;
  let hit: string | undefined;
  for (const sequence of sequences) {
    const at = sequence === '' ? -1 : text.indexOf(sequence);
    if (at !== -1 && at < end) {
      end = at;
      hit = sequence;
    }
  }
  if (hit === undefined) return { text, finish: { kind: 'end' } };
  return { text: text.slice(0, end), finish: { kind: 'stop-sequence', sequence: hit } };
}
