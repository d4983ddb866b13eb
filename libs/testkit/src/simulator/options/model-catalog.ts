import { DEFAULT_MODELS, DEFAULTS } from './default-options.ts';
import type { ModelOptions } from './simulator-options.ts';

/** The models of one provider. */
export interface ModelCatalog {
  find(name: string): Model | undefined;
  readonly listed: readonly Model[];
}

/** A model with everything said. */
export type Model = Required<ModelOptions>;

/** @param models `'any'`: every name is a model; the default ones are listed. */
export function modelCatalog(models: readonly ModelOptions[] | 'any' = DEFAULT_MODELS): ModelCatalog {
  const listed = (models === 'any' ? DEFAULT_MODELS : models).map(completed);
  const byName = new Map(listed.map((model) => [model.name, model]));
  return {
    find: (name) => byName.get(name) ?? (models === 'any' && name !== '' ? completed({ name }) : undefined),
    listed,
  };
}

function completed(model: ModelOptions): Model {
  return {
    name: model.name,
    contextTokens: model.contextTokens ?? DEFAULTS.contextTokens,
    maxOutputTokens: model.maxOutputTokens ?? DEFAULTS.maxOutputTokens,
    reasoning: model.reasoning ?? 'on-request',
  };
}
