import type { Postgres, Transaction } from '@switchyard/service-kit';
import { ADVISORY_LOCKS } from './advisory-locks.ts';
import { ROLLUP_SUM_NAMES } from './rollup-columns.ts';

/** Values of a tenant, day and dimension that are kept apart; of labels, values of a name, and names. */
const MAX_VALUES = 1_000;
/** Values of all labels of a tenant and day that are kept apart. */
const MAX_LABEL_VALUES = 10_000;
const OTHER = `'(other)'`;

const SUMS = ROLLUP_SUM_NAMES.join(', ');
const SUMMED = ROLLUP_SUM_NAMES.map((name) => `sum(${name})`).join(', ');
const NAMED = ROLLUP_SUM_NAMES.map((name) => `sum(${name}) AS ${name}`).join(', ');

/** Adds rows to a roll-up: one statement's rows are one a key, as ON CONFLICT needs. */
const addTo = ({ table, keys, from }: { table: string; keys: string; from: string }): string => `
  INSERT INTO cost_accounting.${table} AS known (${keys}, ${SUMS})
  SELECT ${keys}, ${SUMMED} FROM ${from} GROUP BY ${keys}
  ON CONFLICT (${keys}) DO UPDATE SET ${ROLLUP_SUM_NAMES.map((name) => `${name} = known.${name} + excluded.${name}`).join(', ')}`;

const SAID = ['service', 'agent', 'workflow'] as const;
/** Whether a value is kept apart, of rows that are called `said`. */
const apart = (dimension: string): string => `
  LEFT JOIN apart AS ${dimension}_apart ON ${dimension}_apart.tenant = said.tenant AND ${dimension}_apart.day = said.day
    AND ${dimension}_apart.dimension = '${dimension}' AND ${dimension}_apart.value = said.${dimension}`;
const boundedBy = (dimension: string): string =>
  `CASE WHEN said.${dimension} = '' OR ${dimension}_apart.value IS NOT NULL THEN said.${dimension} ELSE ${OTHER} END AS ${dimension}`;

// All of it is one statement and one snapshot: what is deleted is what is added. Sums are made first: what callers say of themselves is then
// looked up once for each sum, not for each part. Look-ups of what is known are LATERAL … LIMIT 1: each a descent of the key, whatever
// the planner believes. The table of values is filled first, for the rest to see.
const STATEMENT = `
  WITH taken AS (
    DELETE FROM cost_accounting.rollup_parts
    WHERE ctid = ANY (ARRAY(SELECT ctid FROM cost_accounting.rollup_parts LIMIT $1))
    RETURNING *, (hour AT TIME ZONE 'UTC')::date AS day
  ), by_day AS MATERIALIZED (
    SELECT tenant, day, provider, model, key_id, service, agent, workflow, line, purpose, ${NAMED} FROM taken
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
  ), by_labels AS MATERIALIZED (
    SELECT tenant, day, labels, provider, model, line, purpose, ${NAMED} FROM taken WHERE labels <> '{}' GROUP BY 1, 2, 3, 4, 5, 6, 7
  ), by_label AS MATERIALIZED (
    SELECT tenant, day, label.name, label.value, provider, model, line, purpose, ${NAMED}
    FROM by_labels, jsonb_each_text(labels) AS label (name, value) GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
  ), named AS (
    ${SAID.map((name) => `SELECT tenant, day, '${name}' AS dimension, ${name} AS value FROM by_day WHERE ${name} <> ''`).join(' UNION ')}
    UNION SELECT tenant, day, 'label', name FROM by_label
    UNION SELECT tenant, day, 'label:' || name, value FROM by_label
  ), looked_up AS MATERIALIZED (
    SELECT named.*, known.is_known FROM named LEFT JOIN LATERAL (
      SELECT true AS is_known FROM cost_accounting.rollup_values AS v
      WHERE v.tenant = named.tenant AND v.day = named.day AND v.dimension = named.dimension AND v.value = named.value LIMIT 1
    ) AS known ON true
  ), fresh AS (
    SELECT tenant, day, dimension, value, starts_with(dimension, 'label:') AS is_label,
      row_number() OVER (PARTITION BY tenant, day, dimension ORDER BY value) AS place
    FROM looked_up WHERE is_known IS NULL
  ), counted AS MATERIALIZED (
    SELECT asked.*, found.values FROM (SELECT DISTINCT tenant, day, dimension FROM fresh) AS asked CROSS JOIN LATERAL (
      SELECT count(*) AS values FROM cost_accounting.rollup_values AS v
      WHERE v.tenant = asked.tenant AND v.day = asked.day AND v.dimension = asked.dimension
    ) AS found
  ), counted_labels AS MATERIALIZED (
    SELECT asked.*, found.values FROM (SELECT DISTINCT tenant, day FROM fresh WHERE is_label) AS asked CROSS JOIN LATERAL (
      SELECT count(*) AS values FROM cost_accounting.rollup_values AS v
      WHERE v.tenant = asked.tenant AND v.day = asked.day AND starts_with(v.dimension, 'label:')
    ) AS found
  ), fitting AS (
    SELECT tenant, day, dimension, value, is_label, row_number() OVER (PARTITION BY tenant, day, is_label ORDER BY dimension, value) AS place
    FROM fresh JOIN counted USING (tenant, day, dimension) WHERE place + counted.values <= ${MAX_VALUES}
  ), added AS (
    INSERT INTO cost_accounting.rollup_values (tenant, day, dimension, value)
    SELECT tenant, day, dimension, value FROM fitting LEFT JOIN counted_labels USING (tenant, day)
    WHERE NOT is_label OR place + coalesce(counted_labels.values, 0) <= ${MAX_LABEL_VALUES}
    RETURNING tenant, day, dimension, value
  ), apart AS MATERIALIZED (
    SELECT tenant, day, dimension, value FROM looked_up WHERE is_known UNION ALL SELECT tenant, day, dimension, value FROM added
  ), hours AS (${addTo({ table: 'rollup_hours', keys: 'hour, tenant, provider, model, line, purpose', from: 'taken' })}
  ), of_days AS (
    SELECT said.tenant, said.day, provider, model, key_id, ${SAID.map(boundedBy).join(', ')}, line, purpose, ${SUMS}
    FROM by_day AS said ${SAID.map(apart).join('')}
  ), days AS (${addTo({
    table: 'rollup_days',
    keys: 'tenant, day, provider, model, key_id, service, agent, workflow, line, purpose',
    from: 'of_days',
  })}
  ), of_labels AS (
    SELECT said.tenant, said.day, name, CASE WHEN value_apart.value IS NULL THEN ${OTHER} ELSE said.value END AS value,
      provider, model, line, purpose, ${SUMS}
    FROM by_label AS said
    JOIN apart AS name_apart ON name_apart.tenant = said.tenant AND name_apart.day = said.day
      AND name_apart.dimension = 'label' AND name_apart.value = said.name
    LEFT JOIN apart AS value_apart ON value_apart.tenant = said.tenant AND value_apart.day = said.day
      AND value_apart.dimension = 'label:' || said.name AND value_apart.value = said.value
  ), of_each AS (${addTo({
    table: 'rollup_labels',
    keys: 'tenant, name, day, value, provider, model, line, purpose',
    from: 'of_labels',
  })}
  ), merged AS (
    SELECT tenant, to_char(day, 'YYYY-MM-DD') AS day, CASE WHEN is_label THEN 'label' ELSE dimension END AS dimension, count(*) AS values
    FROM fresh WHERE NOT EXISTS (SELECT FROM added
      WHERE added.tenant = fresh.tenant AND added.day = fresh.day AND added.dimension = fresh.dimension AND added.value = fresh.value)
    GROUP BY 1, 2, 3
  )
  SELECT (SELECT count(*) FROM taken) AS parts, coalesce((SELECT jsonb_agg(merged) FROM merged), '[]') AS merged`;

/** Values of a tenant's day that came after those that are kept apart. */
export interface MergedValues {
  readonly tenant: string;
  /** UTC: `2026-11-02`. */
  readonly day: string;
  readonly dimension: (typeof SAID)[number] | 'label';
  readonly values: number;
}

/** What a fold did. */
export interface Fold {
  /** How many parts it took; 0 also while another replica is at it. */
  readonly parts: number;
  readonly merged: readonly MergedValues[];
}

/** Folds up to so many parts of roll-ups into hours, days and labels, unless another replica is at it. */
export async function foldRollups(postgres: Postgres, mostParts: number): Promise<Fold> {
  return postgres.asSystem(async (transaction) => {
    if (!(await isMine(transaction))) return { parts: 0, merged: [] };
    // The planner knows nothing of how many rows a part of the statement gives: where it believes in one, it would compare each with each.
    await transaction.query('SET LOCAL enable_nestloop = off; SET LOCAL jit = off');
    const { rows } = await transaction.query<{ parts: string; merged: MergedValues[] }>({
      name: 'fold-rollups',
      text: STATEMENT,
      values: [mostParts],
    });
    const [row] = rows;
    return { parts: Number(row?.parts), merged: row?.merged ?? [] };
  });
}

async function isMine(transaction: Transaction): Promise<boolean> {
  const { rows } = await transaction.query<{ mine: boolean }>(
    `SELECT pg_try_advisory_xact_lock(${ADVISORY_LOCKS.rollups}) AS mine`,
  );
  return rows[0]?.mine === true;
}
