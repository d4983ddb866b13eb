import type { Postgres } from '@switchyard/service-kit';
import type { ProbingStore } from '../ports.ts';
import { forgetProbing } from './forget-probing.ts';
import { putProbeSettings } from './put-probe-settings.ts';
import { readProbing } from './read-probing.ts';
import { settleProbe } from './settle-probe.ts';
import { takeProbe } from './take-probe.ts';

/** Settings and budgets of probes in the service's own database. */
export function postgresProbingStore(postgres: Postgres): ProbingStore {
  return {
    read: (day) => postgres.asSystem((transaction) => readProbing(transaction, day)),
    put: (settings) => postgres.asSystem((transaction) => putProbeSettings(transaction, settings)),
    take: ({ owner }, take) => postgres.asSystem((transaction) => takeProbe(transaction, { owner, ...take })),
    settle: (settlement) => postgres.asSystem((transaction) => settleProbe(transaction, settlement)),
    forget: (beforeDay) => postgres.asSystem((transaction) => forgetProbing(transaction, beforeDay)),
  };
}
