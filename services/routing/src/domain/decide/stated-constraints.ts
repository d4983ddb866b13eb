import { listNames } from '../request/list-names.ts';
import type { Needs } from '../request/needs.ts';
import { byWhom } from '../request/who-requires.ts';
import type { Stated } from '../snapshot/at-endpoints.ts';
import type { Exclusion } from './candidate.ts';

/** A hard constraint on what is stated of an offering. */
type StatedConstraint = (candidate: { readonly offering: Stated }, needs: Needs) => Exclusion | undefined;

/** Whether each place where a request may be processed is allowed. Unknown is allowed only where every place is. */
function isAllowedPlace({ residency }: Stated, { residency: allowed }: Needs): boolean {
  if (allowed.size === 0 || allowed.has('global')) return true;
  return residency.length > 0 && residency.every((place) => allowed.has(place));
}

const missingTags = ({ tags }: Stated, needs: Needs): string[] => needs.tags.filter((tag) => !tags.has(tag));

/** false where residency and tags exclude nothing. */
export const asksForStated = ({ residency, tags }: Needs): boolean => residency.size > 0 || tags.length > 0;

/** false where residency or tags exclude an offering. */
export const meetsStated = (stated: Stated, needs: Needs): boolean =>
  isAllowedPlace(stated, needs) && (needs.tags.length === 0 || missingTags(stated, needs).length === 0);

export const residency: StatedConstraint = ({ offering }, needs) => {
  if (isAllowedPlace(offering, needs)) return undefined;
  const who = byWhom(needs, ({ residency: regions }) => regions.length > 0 && !regions.includes('global'));
  const places = offering.residency;
  const where =
    places.length === 0
      ? 'nobody states where it is processed'
      : `it may be processed in ${places.join(', ')}`;
  return {
    constraint: 'residency',
    detail: `data may go to ${listNames(needs.residency)}${who}; ${where}`,
    wayOut:
      places.length === 0
        ? 'set the `region` of the provider, or state it in the catalog overlay'
        : 'allow that place in residency, or ask a provider that processes elsewhere',
  };
};

export const tags: StatedConstraint = ({ offering }, needs) => {
  if (needs.tags.length === 0) return undefined;
  const missing = missingTags(offering, needs);
  if (missing.length === 0) return undefined;
  const who = byWhom(needs, ({ tags }) => tags.some((tag) => missing.includes(tag)));
  return {
    constraint: 'tags',
    detail: `does not carry ${listNames(missing)}${who}`,
    wayOut: "add what holds of it to the provider's `tags`, or ask for fewer",
  };
};
