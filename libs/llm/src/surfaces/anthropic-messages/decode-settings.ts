import { type ResponseFormat, ResponseFormat_Kind, type Sampling } from '@switchyard/contracts/routing';
import { requiredSchemaText } from '../decode-schema.ts';
import type { FieldReader } from '../field-reader.ts';

const TOKENS = { min: 1, max: 10_000_000 };
const EFFORTS = ['low', 'medium', 'high'] as const;

/** What `output_config` says. */
interface OutputConfig {
  readonly effort: (typeof EFFORTS)[number] | undefined;
  readonly responseFormat: ResponseFormat | undefined;
}

/** Limits, sampling, thinking and the shape of the answer. */
export function decodeSettings(body: FieldReader): {
  readonly sampling: Sampling;
  readonly responseFormat: ResponseFormat | undefined;
} {
  const { effort, responseFormat } = decodeOutputConfig(body);
  const topP = body.number('top_p', { min: 0, max: 1 });
  const stop = body.strings('stop_sequences', { maxLength: 16, maxCharacters: 1024 });
  if (stop.includes('')) body.refuse('stop_sequences', 'may not hold an empty text');
  return {
    responseFormat,
    sampling: {
      maxOutputTokens: body.integer('max_tokens', TOKENS),
      temperature: body.number('temperature', { min: 0, max: 1 }),
      topP: topP === 0 ? body.refuse('top_p', 'must be above 0') : topP,
      topK: body.integer('top_k', { min: 1, max: 0x7fff_ffff }),
      stop,
      frequencyPenalty: undefined,
      presencePenalty: undefined,
      seed: undefined,
      ...decodeThinking(body, effort),
    },
  };
}

function decodeOutputConfig(body: FieldReader): OutputConfig {
  const config = body.reader('output_config');
  config?.refuseOthers(['effort', 'format']);
  const effort = config?.oneOf('effort', EFFORTS);
  const format = config?.reader('format');
  if (format?.oneOf('type', ['json_schema']) === undefined) return { effort, responseFormat: undefined };
  const jsonSchema = requiredSchemaText(format, 'schema');
  return {
    effort,
    responseFormat: { kind: ResponseFormat_Kind.JSON_SCHEMA, jsonSchema, name: '', strict: true },
  };
}

type Thinking = Pick<Sampling, 'reasoningEffort' | 'reasoningBudgetTokens'>;

/**
 * `thinking`, and the effort that goes with it. Adaptive thinking without an effort has the API's default, high. An effort
 * without thinking has no canonical form: it would make other providers think.
 */
function decodeThinking(body: FieldReader, effort: OutputConfig['effort']): Thinking {
  const thinking = body.reader('thinking');
  const type = thinking?.oneOf('type', ['enabled', 'adaptive', 'disabled']);
  const none = { reasoningEffort: '', reasoningBudgetTokens: undefined };
  if (thinking?.oneOf('display', ['summarized', 'omitted']) === 'omitted')
    thinking.refuse('display', 'must be summarized: thinking is always told');
  if (effort !== undefined && type !== 'adaptive')
    body.refuse('output_config.effort', 'needs thinking {"type": "adaptive"}; without it leave it out');
  switch (type) {
    case 'enabled': {
      const budget = thinking?.integer('budget_tokens', { min: 1024, max: 10_000_000 });
      if (budget === undefined && thinking?.has('budget_tokens') === false)
        thinking.refuse('budget_tokens', 'is required');
      return { reasoningEffort: '', reasoningBudgetTokens: budget };
    }
    case 'adaptive':
      return { reasoningEffort: effort ?? 'high', reasoningBudgetTokens: undefined };
    case 'disabled':
      return { reasoningEffort: 'none', reasoningBudgetTokens: undefined };
    default:
      return none;
  }
}
