import { type ModerateRequest, type ModerationResult, ModerationScope } from '@switchyard/contracts/routing';
import { err, ok, type Result } from '@switchyard/kernel';
import type { DecodedModeration } from '../../../operations/moderate/decoded-moderation.ts';
import type { HttpAnswer } from '../../http-message.ts';
import { arrayAt, countAt, isObject, type JsonObject, objectAt, stringAt } from '../../json.ts';
import { invalidResponse, type ProviderError } from '../../provider-error.ts';
import { plainBody } from '../plain-body.ts';

/** A whole answer of `POST /moderations`: one verdict for each input, or one in all. */
export function decodeModerateResponse(
  answer: HttpAnswer,
  { inputs, scope }: ModerateRequest,
): Result<DecodedModeration, ProviderError> {
  const body = plainBody(answer);
  if (!body.ok) return body;
  const wanted = scope === ModerationScope.TOGETHER ? 1 : inputs.length;
  const results = arrayAt(body.value, 'results').map(decodeResult);
  if (results.length !== wanted || !results.every((result) => result !== undefined))
    return err(invalidResponse(`the answer has not ${wanted} verdicts, each with its categories`, 200));
  // OpenAI reports none; who charges for it does.
  const inputTokens = countAt(objectAt(body.value, 'usage'), 'prompt_tokens');
  return ok({
    results,
    usage: inputTokens === undefined ? undefined : { inputTokens, outputTokens: 0, estimated: false },
    providerModel: stringAt(body.value, 'model') ?? '',
  });
}

function decodeResult(result: unknown): ModerationResult | undefined {
  if (!isObject(result) || typeof result.flagged !== 'boolean') return undefined;
  const categories = objectAt(result, 'categories');
  if (categories === undefined) return undefined;
  const scores = objectAt(result, 'category_scores');
  const types = objectAt(result, 'category_applied_input_types') ?? {};
  return {
    flagged: result.flagged,
    categories: Object.entries(categories)
      // Categories that a model does not judge by are null.
      .filter(([, flagged]) => typeof flagged === 'boolean')
      .map(([name, flagged]) => ({
        name,
        flagged: flagged === true,
        score: scoreOf(scores, name),
        inputTypes: arrayAt(types, name).filter((type) => typeof type === 'string'),
      })),
  };
}

function scoreOf(scores: JsonObject | undefined, name: string): number | undefined {
  const score = scores?.[name];
  return typeof score === 'number' ? score : undefined;
}
