import type { Postgres } from '@switchyard/service-kit';
import type { HealthHistory } from '../ports.ts';
import { readHistory } from './read-history.ts';
import { readUptime } from './read-uptime.ts';

/** What was, from the service's own database. Whose rows are read is the caller's to say. */
export function postgresHealthHistory(postgres: Postgres): HealthHistory {
  return {
    changes: (page) => postgres.asSystem((transaction) => readHistory(transaction, page)),
    uptime: (shown, nowMs) =>
      postgres.asSystem((transaction) => readUptime(transaction, { ...shown, nowMs })),
  };
}
