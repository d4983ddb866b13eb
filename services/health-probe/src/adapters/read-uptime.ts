import type { Transaction } from '@switchyard/service-kit';
import { UPTIME_SPANS_SECONDS, type Uptime } from '../domain/uptime.ts';
import type { ProviderUptime, Shown } from '../ports.ts';
import { ownerOf, tenantOf } from './health-rows.ts';

interface UptimeRow {
  readonly tenant: string;
  readonly provider: string;
  readonly span_seconds: number;
  readonly up_ms: string;
  readonly down_ms: string;
}

/**
 * A state lasts from its change to the next one. Where the next change does not begin at it, the provider was removed and added
 * again in between, and that time is left out. What came before the first change that is kept is that change's own beginning.
 */
const SPANS = `
  WITH kept AS (
    SELECT tenant, provider, from_state, to_state, changed_at,
           lead(changed_at) OVER w AS next_at, lead(from_state) OVER w AS next_from, row_number() OVER w AS n
      FROM health_probe.health_changes
     WHERE changed_at > $3::timestamptz - make_interval(secs => $5)
       AND ($1::text[] IS NULL OR tenant = ANY ($1)) AND ($2 = '' OR provider = $2)
    WINDOW w AS (PARTITION BY tenant, provider ORDER BY version)
  ), spans AS (
    SELECT tenant, provider, from_state AS state, '-infinity'::timestamptz AS begins, changed_at AS ends
      FROM kept WHERE n = 1
    UNION ALL
    SELECT tenant, provider, to_state, changed_at, next_at FROM kept WHERE to_state = next_from
    UNION ALL
    SELECT tenant, provider, state, since, 'infinity' FROM health_probe.provider_health
     WHERE ($1::text[] IS NULL OR tenant = ANY ($1)) AND ($2 = '' OR provider = $2)
  )`;

/** How long providers that exist have worked; one statement, so that it is of one moment. */
export async function readUptime(
  transaction: Transaction,
  { tenants, provider, nowMs }: Shown & { readonly nowMs: number },
): Promise<readonly ProviderUptime[]> {
  const { rows } = await transaction.query<UptimeRow>(
    `${SPANS}
     SELECT tenant, provider, span_seconds,
            coalesce(sum(ms) FILTER (WHERE state IN ('healthy', 'degraded')), 0)::bigint AS up_ms,
            coalesce(sum(ms) FILTER (WHERE state IN ('unhealthy', 'unavailable')), 0)::bigint AS down_ms
       FROM spans CROSS JOIN unnest($4::integer[]) AS span_seconds
       CROSS JOIN LATERAL (
         SELECT greatest(0, 1000 * extract(epoch FROM
           least(ends, $3::timestamptz) - greatest(begins, $3::timestamptz - make_interval(secs => span_seconds)))) AS ms
       ) AS overlap
      WHERE EXISTS (SELECT FROM health_probe.provider_health h
                     WHERE h.tenant = spans.tenant AND h.provider = spans.provider)
      GROUP BY tenant, provider, span_seconds
      ORDER BY provider, tenant, span_seconds`,
    [
      tenants?.map(ownerOf) ?? null,
      provider,
      new Date(nowMs),
      UPTIME_SPANS_SECONDS,
      UPTIME_SPANS_SECONDS.at(-1),
    ],
  );
  const found = new Map<string, ProviderUptime & { readonly spans: Uptime[] }>();
  for (const row of rows) {
    const key = `${row.tenant}\n${row.provider}`;
    const uptime = found.get(key) ?? { tenant: tenantOf(row.tenant), provider: row.provider, spans: [] };
    uptime.spans.push({
      spanSeconds: row.span_seconds,
      upMs: Number(row.up_ms),
      downMs: Number(row.down_ms),
    });
    found.set(key, uptime);
  }
  return [...found.values()];
}
