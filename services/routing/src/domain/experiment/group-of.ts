import { StickyKey } from '@switchyard/contracts/routing';
import { stableFraction } from '@switchyard/kernel';

/** Groups that the keys of a sticky experiment are dealt to: enough to see how they vary, few enough to be kept. */
const GROUPS = 100;

/** Whether an assignment sticks to something, so that several requests share one draw. */
export const isSticky = (stickyBy: StickyKey): boolean =>
  stickyBy !== StickyKey.UNSPECIFIED && stickyBy !== StickyKey.REQUEST;

/**
 * The group of a key, from 0 to 99. Requests of one agent are alike, so they are no independent observations; groups of keys are.
 *
 * @param draw what the key's variant is drawn by; the group is drawn independently of it
 */
export const groupOf = (draw: string, key: string): number =>
  Math.floor(stableFraction(`group\n${draw}\n${key}`) * GROUPS);
