/** What a key names. */
export interface LitellmKey {
  /** Model id at the provider. */
  readonly model: string;
  /** Set where the row is for one region only, `bedrock/us-east-1/…` or `azure/eu/…`. */
  readonly region: string | undefined;
}

/** Rows that are no model: sizes and qualities of images, commitments of months, classes of models by size. */
const NO_MODEL =
  /(?:^|\/)(?:\d+-x-\d+|low|medium|high|hd|standard|\d+-month-commitment|max-steps|\d+-steps)\/|^(?:fireworks|together)-ai-|^sample_spec$/;

/** First segments that name the provider and not the model. */
const PREFIXES = new Set(
  (
    'azure azure_ai bedrock bedrock_mantle vertex_ai gemini fireworks_ai together_ai mistral codestral ' +
    'text-completion-codestral text-completion-inception openai anthropic deepseek xai groq cohere perplexity cerebras ' +
    'cloudflare dashscope databricks deepgram deepinfra elevenlabs fal_ai featherless_ai friendliai gigachat gmi baseten ' +
    'gradient_ai amazon-nova heroku hyperbolic crusoe inception lambda_ai meta meta_llama minimax moonshot morph nscale ' +
    'nebius oci ollama ovhcloud publicai recraft replicate nvidia_nim sagemaker sambanova snowflake stability aws_polly v0 ' +
    'vercel_ai_gateway voyage wandb watsonx zai runwayml scaleway novita llamagate sarvam soniox aiml assemblyai ' +
    'black_forest_labs volcengine jina_ai'
  ).split(' '),
);
/** Azure's data zones and everyone's word for anywhere. */
const ZONES = /^(?:eu|us|global|global-standard)$/;
const AWS_REGION = /^[a-z]{2}(?:-gov)?-[a-z]+-\d$/;

/** Reads the key of a row; `undefined` where it is no model. */
export function readKey(key: string): LitellmKey | undefined {
  if (NO_MODEL.test(key)) return undefined;
  const [first = '', ...rest] = key.split('/');
  if (rest.length === 0 || !PREFIXES.has(first)) return { model: key, region: undefined };
  const [second = '', ...others] = rest;
  const isRegion =
    others.length > 0 &&
    ((first === 'bedrock' && AWS_REGION.test(second)) || (first.startsWith('azure') && ZONES.test(second)));
  return isRegion
    ? { model: others.join('/'), region: second }
    : { model: rest.join('/'), region: undefined };
}
