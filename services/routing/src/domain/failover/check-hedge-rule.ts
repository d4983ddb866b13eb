import { type HedgeRule, HedgeUse } from '@switchyard/contracts/routing';
import type { Check } from '../request/validate-requirements.ts';

/** Checks what a pool, a policy or a request says of hedging. */
export function checkHedgeRule({ use, delayMs }: HedgeRule, check: Check): void {
  check(
    use === HedgeUse.UNSPECIFIED || use === HedgeUse.OFF || use === HedgeUse.ON,
    'hedge.use',
    'must be on or off',
  );
  check(
    delayMs === undefined || (delayMs >= 1 && delayMs <= 600_000),
    'hedge.delay_ms',
    'must be from 1 to 600000',
  );
}
