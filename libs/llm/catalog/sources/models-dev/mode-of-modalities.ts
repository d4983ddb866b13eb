import type { ModelMode } from '../../../src/catalog/model-mode.ts';
import { modeOfName } from '../mode-of-name.ts';

/** What a model takes and gives. */
export interface Modalities {
  readonly takes: (modality: string) => boolean;
  readonly gives: (modality: string) => boolean;
}

/** What a model is asked for, from its modalities; names where those say text and mean numbers. */
export function modeOfModalities(model: string, { takes, gives }: Modalities): ModelMode | undefined {
  if (gives('video')) return 'video';
  if (gives('image')) return 'image';
  if (gives('audio')) return 'speech';
  if (!gives('text')) return modeOfName(model);
  const named = modeOfName(model);
  if (named !== undefined) return named;
  return takes('audio') && !takes('text') ? 'transcription' : 'chat';
}
