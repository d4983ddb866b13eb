import { plainCall } from '../../../answer/plain-call.ts';
import type { PromptPiece } from '../../../answer/simulated-call.ts';
import { countTokens } from '../../../answer/tokens.ts';
import { checkShape } from '../../../shape/check-shape.ts';
import { either, list, record, required, text } from '../../../shape/shape.ts';
import type { AnswerWriter, CallReading, CallSource } from '../../wire-format.ts';

interface Part {
  readonly type: string;
  readonly text?: string;
  readonly image_url?: { readonly url: string };
}

interface ModerationRequest {
  readonly model?: string;
  readonly input: string | readonly (string | Part)[];
}

const part = record({
  type: required(text()),
  text: text(),
  image_url: record({ url: required(text()) }),
});
const moderationRequestShape = record({
  model: text(),
  input: required(either(text(), list(either(text(), part), { min: 1, max: 2_048 }))),
});

/** Words that are taken to be harmful, by category. */
const HARMFUL = { violence: /\bkill\b/i, harassment: /\bidiot\b/i } as const;
const CATEGORIES = ['harassment', 'self-harm', 'violence'] as const;

/** Reads `POST /v1/moderations`. Source: https://platform.openai.com/docs/api-reference/moderations/create */
export function readModerationCall({ body, unknownFields }: CallSource): CallReading {
  const checked = checkShape<ModerationRequest>({
    shape: moderationRequestShape,
    value: body,
    unknownFields,
  });
  if (!checked.ok)
    return { kind: 'refused', problem: { kind: 'shape', problem: checked.problem }, stream: false };
  const { model = 'omni-moderation-latest', input } = checked.value;
  const judged = judgedIn(input);
  const prompt: PromptPiece[] = judged.map((piece) => ({ text: piece, tokens: countTokens(piece) }));
  return { kind: 'call', call: plainCall(model, prompt), writer: moderationWriter(model, judged) };
}

/** Texts are judged each by itself; the parts of a message together. */
function judgedIn(input: ModerationRequest['input']): string[] {
  if (typeof input === 'string') return [input];
  if (input.every((one) => typeof one === 'string')) return [...input];
  return [input.map((one) => (typeof one === 'string' ? one : (one.text ?? one.image_url?.url))).join(' ')];
}

function moderationWriter(model: string, judged: readonly string[]): AnswerWriter {
  return {
    streamContentType: 'text/event-stream',
    // The real one reports no usage: it is free.
    unary: ({ stamp }) => JSON.stringify({ id: `modr-${stamp.id}`, model, results: judged.map(judge) }),
    stream: () => [],
  };
}

function judge(piece: string): object {
  const flags = CATEGORIES.map((name) => [name, name !== 'self-harm' && HARMFUL[name].test(piece)] as const);
  return {
    flagged: flags.some(([, flagged]) => flagged),
    categories: Object.fromEntries(flags),
    category_scores: Object.fromEntries(flags.map(([name, flagged]) => [name, flagged ? 0.98 : 0.01])),
    category_applied_input_types: Object.fromEntries(flags.map(([name]) => [name, ['text']])),
  };
}
