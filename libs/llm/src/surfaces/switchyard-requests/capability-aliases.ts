import { CAPABILITIES, type Capability } from '../../catalog/capabilities.ts';

/** What the field calls capabilities, beside their own names. */
const ALIASES: Readonly<Record<string, Capability>> = {
  text_generation: 'text',
  chat: 'text',
  completion: 'text',
  image_understanding: 'vision',
  image_input: 'vision',
  audio_input: 'audio_in',
  speech_recognition: 'audio_in',
  audio_output: 'audio_out',
  text_to_speech: 'audio_out',
  text_to_image: 'image_generation',
  embedding: 'embeddings',
  reranking: 'rerank',
  code_generation: 'code',
  function_calling: 'tools',
  tool_use: 'tools',
  json_mode: 'structured_output',
  json_schema: 'structured_output',
  chain_of_thought: 'reasoning',
  thinking: 'reasoning',
  large_context: 'long_context',
  batch_processing: 'batch',
  content_moderation: 'moderation',
  video_understanding: 'video',
};

const BY_NAME: ReadonlyMap<string, Capability> = new Map([
  ...CAPABILITIES.map((name) => [name, name] as const),
  ...Object.entries(ALIASES),
]);

/** Most names that are suggested. */
const MAX_NEAR = 3;
/** Beginnings that are alike are likely the same word. */
const ALIKE_CHARACTERS = 4;

/** The capability that a name means, in its own or another spelling ("text-generation"); `undefined` for none. */
export function capabilityNamed(name: string): Capability | undefined {
  return BY_NAME.get(spelled(name));
}

/** What is wrong with a name that means none, with those near it. */
export function describeUnknownCapability(name: string): string {
  const wanted = spelled(name);
  const near = [...BY_NAME.keys()].filter((known) => isNear(known, wanted)).slice(0, MAX_NEAR);
  const hint = near.length === 0 ? '' : `did you mean ${near.join(' or ')}? `;
  return `${hint}There are ${CAPABILITIES.join(', ')}, and other names for them: ${Object.keys(ALIASES).join(', ')}`;
}

const spelled = (name: string): string => name.trim().toLowerCase().replaceAll('-', '_').replaceAll(' ', '_');

function isNear(known: string, wanted: string): boolean {
  if (wanted.length < ALIKE_CHARACTERS) return false;
  return known.includes(wanted) || known.slice(0, ALIKE_CHARACTERS) === wanted.slice(0, ALIKE_CHARACTERS);
}
