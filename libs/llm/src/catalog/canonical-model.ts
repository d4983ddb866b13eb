/** Bedrock writes a region and a vendor before the name, with dots: `eu.anthropic.claude-…`. */
const BEDROCK =
  /^(?:(?:us|eu|apac|au|jp|in|global|us-gov)\.)?(ai21|amazon|anthropic|cohere|deepseek|google|meta|minimax|mistral|moonshotai|moonshot|nvidia|openai|qwen|stability|writer|xai|zai)\.(.+)$/;
/** The first version of an id there, which says nothing more; a Claude model's own version is in its date. */
const FIRST_VERSION = /(?:-v1)?:0$|-1:0$|-v1$/;
const CLAUDE_VERSION = /(-\d{8})-v\d+(?::\d+)?$/;

/**
 * Name that offerings of the same model share, made of the model's id: without a vendor's path ("openai/gpt-4o" is "gpt-4o"),
 * Bedrock's region, vendor and version, and the spellings of a version's dot ("claude-sonnet-4.5", Fireworks' "v3p1"), in
 * lower case. Dates stay: gpt-4o-2024-05-13 and gpt-4o-2024-08-06 are two models.
 */
export function canonicalModel(model: string): string {
  const fireworks = model.startsWith('accounts/fireworks/');
  const name = withoutBedrock(model.slice(model.lastIndexOf('/') + 1).toLowerCase()).replace('@', '-');
  if (name.startsWith('claude-')) return name.replaceAll(/(?<=\d)\.(?=\d)/g, '-');
  return fireworks ? name.replaceAll(/(?<=\d)p(?=\d)/g, '.') : name;
}

function withoutBedrock(name: string): string {
  const [, vendor, rest] = BEDROCK.exec(name) ?? [];
  if (vendor === undefined || rest === undefined) return name.replace(CLAUDE_VERSION, '$1');
  const plain = rest.replace(CLAUDE_VERSION, '$1').replace(FIRST_VERSION, '');
  // "deepseek.r1-v1:0": without its vendor it would be a name of nothing.
  return vendor === 'deepseek' ? `deepseek-${plain}` : plain;
}
