/** Bedrock's inference profiles: the prefix says where a request may be processed, and costs more than none. */
const PROFILE = /^(us|eu|apac|au|jp|in|global|us-gov)\./;

/** The region that a model id of Bedrock names; `undefined` for others, whose endpoint's region counts. */
export function profileRegion(provider: string, model: string): string | undefined {
  return provider === 'amazon-bedrock' ? PROFILE.exec(model)?.[1] : undefined;
}
