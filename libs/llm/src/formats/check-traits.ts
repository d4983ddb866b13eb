import type { Sampling } from '@switchyard/contracts/routing';
import type { ModelTraits } from './model-traits.ts';
import type { Unsupported } from './unsupported.ts';
import type { EncodeInput } from './wire-format.ts';

/**
 * The first sampling setting that the model is known not to take. 1 is the default of temperature and top_p everywhere,
 * and is taken by models whose sampling is fixed.
 */
export function findUnsupportedByModel(
  sampling: Sampling | undefined,
  traits: ModelTraits | undefined,
): Unsupported | undefined {
  if (sampling === undefined || traits?.sampling !== false) return undefined;
  const { temperature = 1, topP = 1, topK } = sampling;
  if (temperature !== 1) return fixed('sampling.temperature');
  if (topP !== 1) return fixed('sampling.top_p');
  return topK === undefined ? undefined : fixed('sampling.top_k');
}

function fixed(field: string): Unsupported {
  return { field, description: 'cannot be set at this model' };
}

/** A reasoning effort that the model is known not to take. */
export function findUnsupportedEffort({ request, traits }: EncodeInput): Unsupported | undefined {
  const effort = request.sampling?.reasoningEffort ?? '';
  const known = traits?.reasoningEfforts;
  if (effort === '' || known === undefined || known.includes(effort)) return undefined;
  const description =
    known.length === 0 ? 'cannot be set at this model' : `must be one of ${known.join(', ')}`;
  return { field: 'sampling.reasoning_effort', description };
}
