import type { Requirements } from '@switchyard/contracts/routing';
import type { Needs } from './needs.ts';

/** Whose requirements rule something out: "the request", "the policy of tenant acme", or several of them. */
export function whoRequires(
  { layers }: Pick<Needs, 'layers'>,
  rulesOut: (requirements: Requirements) => boolean,
): string {
  const sources = layers.filter(({ requirements }) => rulesOut(requirements)).map(({ source }) => source);
  // What follows from the request's content is in no layer.
  return sources.length === 0 ? 'the request' : sources.join(' and ');
}

/** The same behind a sentence that is about the request unless it says otherwise: '' for the request alone. */
export function byWhom(
  needs: Pick<Needs, 'layers'>,
  rulesOut: (requirements: Requirements) => boolean,
): string {
  const who = whoRequires(needs, rulesOut);
  return who === 'the request' ? '' : ` (${who})`;
}
