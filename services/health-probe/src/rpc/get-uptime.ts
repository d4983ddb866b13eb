import type { GetUptimeRequest, GetUptimeResponse, ProviderUptime } from '@switchyard/contracts/health';
import type { UnaryHandler } from '@switchyard/service-kit';
import { uptimeShare } from '../domain/uptime.ts';
import type { ProviderUptime as StoredUptime } from '../ports.ts';
import type { HistorySource } from './get-health-history.ts';
import { shownTo } from './shown-to.ts';

/** Gives how long providers worked, from the stored changes of their states. */
export function getUptime({
  table,
  history,
  clock,
}: HistorySource): UnaryHandler<GetUptimeRequest, GetUptimeResponse> {
  return async (request, { principal }) => {
    const found = await history.uptime(shownTo(principal, request, table), clock.wallMs());
    return { providers: found.map(uptimeMessage) };
  };
}

const uptimeMessage = ({ provider, tenant, spans }: StoredUptime): ProviderUptime => ({
  provider,
  tenant,
  spans: spans.map((span) => ({
    spanSeconds: span.spanSeconds,
    upMs: BigInt(span.upMs),
    downMs: BigInt(span.downMs),
    uptime: uptimeShare(span),
  })),
});
