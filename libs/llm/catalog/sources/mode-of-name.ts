import type { ModelMode } from '../../src/catalog/model-mode.ts';

/** Names of models that sources mark as chat although they answer with something else, or take no chat. */
const BY_NAME: readonly (readonly [RegExp, ModelMode])[] = [
  [/rerank/, 'rerank'],
  [/embed|(?:^|\/)bge-|(?:^|\/)e5-|(?:^|\/)gte-/, 'embeddings'],
  [/whisper|transcri|parakeet|(?:^|\/)voxtral-.*-transcribe|scribe/, 'transcription'],
  [/moderation|prompt-guard|llama-guard|shieldgemma/, 'moderation'],
  [
    /dall-e|gpt-image|(?:^|[/.-])imagen|stable-diffusion|(?:^|[/.-])sdxl|(?:^|[/.-])flux|seedream|recraft|ideogram|nano-banana|qwen-image|titan-image|nova-canvas|midjourney|hidream|z-image|(?:flash|pro|lite|p)-image|image-generation/,
    'image',
  ],
  [/(?:^|[/.-])tts(?:-|$)|text-to-speech|lyria|orpheus|kokoro/, 'speech'],
  [/(?:^|[/.-])(?:veo|sora|kling|wan2|nova-reel|hailuo|seedance|runway)(?:[-.\d]|$)/, 'video'],
  [/realtime/, 'realtime'],
  [/(?:^|[/-])ocr(?:-|$)|mistral-ocr|deepseek-ocr/, 'ocr'],
];

/** What a model's name says that it is asked for; `undefined` where it says nothing. */
export function modeOfName(model: string): ModelMode | undefined {
  const name = model.toLowerCase();
  return BY_NAME.find(([pattern]) => pattern.test(name))?.[1];
}
