import type { Postgres } from '@switchyard/service-kit';
import { ADVISORY_LOCKS } from './advisory-locks.ts';
import { ROLLUP_SUM_NAMES } from './rollup-columns.ts';

/** Parts of one transaction: bounds its memory and how long its rows are locked. */
const MAX_PARTS = 20_000;
/** Values of a tenant, day and dimension that are kept apart. */
const MAX_VALUES = 1_000;
const OTHER = `'(other)'`;

const SUMS = ROLLUP_SUM_NAMES.join(', ');
const SUMMED = ROLLUP_SUM_NAMES.map((name) => `sum(${name})`).join(', ');

/** Adds rows to a roll-up: one statement's rows are one a key, as ON CONFLICT needs. */
const addTo = ({ table, keys, from }: { table: string; keys: string; from: string }): string => `
  INSERT INTO cost_accounting.${table} AS known (${keys}, ${SUMS})
  SELECT ${keys}, ${SUMMED} FROM ${from} GROUP BY ${keys}
  ON CONFLICT (${keys}) DO UPDATE SET ${ROLLUP_SUM_NAMES.map((name) => `${name} = known.${name} + excluded.${name}`).join(', ')}`;

const bounded = (column: string): string =>
  `CASE WHEN ${column} = '' OR EXISTS (SELECT FROM known_values AS v WHERE v.tenant = taken.tenant AND v.day = taken.day
     AND v.dimension = '${column}' AND v.value = taken.${column}) THEN ${column} ELSE ${OTHER} END AS ${column}`;

// All of it is one statement and one snapshot: what is deleted is what is added. The table of values is filled first, for the rest to see.
const STATEMENT = `
  WITH taken AS (
    DELETE FROM cost_accounting.rollup_parts
    WHERE ctid = ANY (ARRAY(SELECT ctid FROM cost_accounting.rollup_parts LIMIT ${MAX_PARTS}))
    RETURNING *, (hour AT TIME ZONE 'UTC')::date AS day
  ), named AS (
    SELECT DISTINCT tenant, day, dimension, value FROM taken, LATERAL (
      VALUES ('service', service), ('agent', agent), ('workflow', workflow)
    ) AS said (dimension, value) WHERE value <> ''
    UNION
    SELECT DISTINCT tenant, day, 'label', name FROM taken, jsonb_object_keys(labels) AS name
    UNION
    SELECT DISTINCT tenant, day, 'label:' || name, value FROM taken, jsonb_each_text(labels) AS label (name, value)
  ), fresh AS (
    SELECT named.*, row_number() OVER (PARTITION BY tenant, day, dimension ORDER BY value) AS place
    FROM named WHERE NOT EXISTS (SELECT FROM cost_accounting.rollup_values AS v
      WHERE v.tenant = named.tenant AND v.day = named.day AND v.dimension = named.dimension AND v.value = named.value)
  ), counted AS (
    SELECT tenant, day, dimension, count(*) AS values FROM cost_accounting.rollup_values
    JOIN (SELECT DISTINCT tenant, day, dimension FROM fresh) AS asked USING (tenant, day, dimension) GROUP BY 1, 2, 3
  ), added AS (
    INSERT INTO cost_accounting.rollup_values (tenant, day, dimension, value)
    SELECT tenant, day, dimension, value FROM fresh LEFT JOIN counted USING (tenant, day, dimension)
    WHERE place + coalesce(values, 0) <= ${MAX_VALUES}
    RETURNING *
  ), known_values AS MATERIALIZED (
    SELECT v.tenant, v.day, v.dimension, v.value FROM named JOIN cost_accounting.rollup_values AS v USING (tenant, day, dimension, value)
    UNION ALL
    SELECT tenant, day, dimension, value FROM added
  ), hours AS (${addTo({ table: 'rollup_hours', keys: 'hour, tenant, provider, model, line, purpose', from: 'taken' })}
  ), of_days AS (
    SELECT tenant, day, provider, model, key_id, ${['service', 'agent', 'workflow'].map(bounded).join(', ')}, line, purpose, ${SUMS} FROM taken
  ), days AS (${addTo({
    table: 'rollup_days',
    keys: 'tenant, day, provider, model, key_id, service, agent, workflow, line, purpose',
    from: 'of_days',
  })}
  ), of_labels AS (
    SELECT tenant, day, label.name, CASE WHEN EXISTS (SELECT FROM known_values AS v WHERE v.tenant = taken.tenant AND v.day = taken.day
        AND v.dimension = 'label:' || label.name AND v.value = label.value) THEN label.value ELSE ${OTHER} END AS value,
      provider, model, line, purpose, ${SUMS}
    FROM taken, jsonb_each_text(labels) AS label (name, value)
    WHERE EXISTS (SELECT FROM known_values AS v WHERE v.tenant = taken.tenant AND v.day = taken.day
      AND v.dimension = 'label' AND v.value = label.name)
  ), of_each AS (${addTo({
    table: 'rollup_labels',
    keys: 'tenant, name, day, value, provider, model, line, purpose',
    from: 'of_labels',
  })}
  )
  SELECT count(*) AS parts FROM taken`;

/**
 * Folds parts of roll-ups into hours, days and labels, unless another replica is at it.
 *
 * @returns whether there may be more
 */
export async function foldRollups(postgres: Postgres): Promise<boolean> {
  return postgres.asSystem(async (transaction) => {
    const { rows } = await transaction.query<{ mine: boolean }>(
      `SELECT pg_try_advisory_xact_lock(${ADVISORY_LOCKS.rollups}) AS mine`,
    );
    if (rows[0]?.mine !== true) return false;
    const folded = await transaction.query<{ parts: string }>({ name: 'fold-rollups', text: STATEMENT });
    return Number(folded.rows[0]?.parts) === MAX_PARTS;
  });
}
