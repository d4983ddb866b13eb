/**
 * How a model on Bedrock is told to reason. Converse has no field for it: each maker has its own in
 * `additionalModelRequestFields`.
 */
export type ModelFamily = 'claude' | 'gpt-oss' | 'other';

/** `eu.anthropic.claude-…`, an inference profile's ARN that ends in it, `openai.gpt-oss-120b-1:0`. */
const FAMILIES: readonly (readonly [RegExp, ModelFamily])[] = [
  [/(?:^|[./])anthropic\.claude-/, 'claude'],
  [/(?:^|[./])openai\.gpt-oss-/, 'gpt-oss'],
];

/** The family of a model by its id. An application's inference profile does not tell it, and is of none. */
export function familyOf(model: string): ModelFamily {
  return FAMILIES.find(([pattern]) => pattern.test(model))?.[1] ?? 'other';
}
