import { uuidV7 } from '@switchyard/kernel';
import type { Postgres, Transaction } from '@switchyard/service-kit';
import { unusualDays } from '../domain/forecast/unusual-days.ts';
import { ADVISORY_LOCKS } from './advisory-locks.ts';
import { summarise } from './postgres-summarise.ts';

const DAY_MS = 24 * 3_600_000;
const HISTORY_DAYS = 56;
/** Days of tenants that are looked at: 56 of about 3,500 tenants. */
const MAX_GROUPS = 200_000;
const UNTOLD_AT_ONCE = 100;
const KEEP = `
  INSERT INTO cost_accounting.cost_anomalies (id, tenant, day, amount_nano_usd, usual_nano_usd) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (tenant, day) DO NOTHING`;
const FORGET = 'DELETE FROM cost_accounting.cost_anomalies WHERE day < $1::date';
const UNTOLD = `
  SELECT id, tenant, to_char(day, 'YYYY-MM-DD') AS day, amount_nano_usd, usual_nano_usd, found_at
  FROM cost_accounting.cost_anomalies WHERE told_at IS NULL ORDER BY found_at LIMIT ${UNTOLD_AT_ONCE}`;
const TOLD = 'UPDATE cost_accounting.cost_anomalies SET told_at = now() WHERE id = $1';

/** An unusual day that nobody was told of. */
export interface UntoldAnomaly {
  readonly id: string;
  /** '' for all tenants together. */
  readonly tenant: string;
  readonly day: string;
  readonly amountNanoUsd: bigint;
  readonly usualNanoUsd: bigint;
  readonly foundAt: Date;
}

/** Unusual days, in the service's own database. Each call is one transaction. */
export class PostgresAnomalies {
  readonly #postgres: Postgres;

  constructor(postgres: Postgres) {
    this.#postgres = postgres;
  }

  /** Looks at yesterday and today of every tenant, and of all together; one replica at a time. @returns whether there were too many to look at all */
  look(nowMs: number): Promise<'looked' | 'too_many' | 'not_mine'> {
    return this.#postgres.asSystem(async (transaction) => {
      const { rows } = await transaction.query<{ mine: boolean }>(
        `SELECT pg_try_advisory_xact_lock(${ADVISORY_LOCKS.anomalies}) AS mine`,
      );
      if (rows[0]?.mine !== true) return 'not_mine';
      const todayMs = Math.floor(nowMs / DAY_MS) * DAY_MS;
      const { byTenant, truncated } = await spentByTenant(transaction, todayMs);
      for (const [tenant, spent] of byTenant)
        for (const { day, amountNanoUsd, usualNanoUsd } of unusualDays({
          ...{ spent, todayMs, historyDays: HISTORY_DAYS },
        }))
          await transaction.query(KEEP, [uuidV7(nowMs), tenant, day, amountNanoUsd, usualNanoUsd]);
      await transaction.query(FORGET, [new Date(todayMs - HISTORY_DAYS * DAY_MS).toISOString().slice(0, 10)]);
      return truncated ? 'too_many' : 'looked';
    });
  }

  /** The oldest first, at most 100. */
  untold(): Promise<readonly UntoldAnomaly[]> {
    return this.#postgres.asSystem(async (transaction) => {
      const { rows } = await transaction.query<UntoldRow>(UNTOLD);
      return rows.map(({ amount_nano_usd, usual_nano_usd, found_at, ...row }) => ({
        ...row,
        ...{
          amountNanoUsd: BigInt(amount_nano_usd),
          usualNanoUsd: BigInt(usual_nano_usd),
          foundAt: found_at,
        },
      }));
    });
  }

  async told(id: string): Promise<void> {
    await this.#postgres.asSystem((transaction) => transaction.query(TOLD, [id]));
  }
}

interface UntoldRow {
  readonly id: string;
  readonly tenant: string;
  readonly day: string;
  readonly amount_nano_usd: string;
  readonly usual_nano_usd: string;
  readonly found_at: Date;
}

/** By tenant and day, and of all together under ''. */
async function spentByTenant(transaction: Transaction, todayMs: number) {
  const period = { fromMs: todayMs - HISTORY_DAYS * DAY_MS, toMs: todayMs + DAY_MS };
  const query = { period, filters: {}, label: undefined, limit: MAX_GROUPS };
  const { groups, truncated } = await summarise(transaction, {
    query: { ...query, groupBy: ['tenant', 'day'] },
    tenant: undefined,
  });
  const byTenant = new Map<string, Map<string, bigint>>([['', new Map()]]);
  for (const { key, costNanoUsd } of groups)
    for (const tenant of ['', key.tenant ?? '']) {
      const days = byTenant.get(tenant) ?? new Map<string, bigint>();
      byTenant.set(tenant, days);
      const day = key.day ?? '';
      days.set(day, (days.get(day) ?? 0n) + costNanoUsd);
    }
  return { byTenant, truncated };
}
