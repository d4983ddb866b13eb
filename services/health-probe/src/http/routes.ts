import {
  GetHealthHistoryResponse,
  GetProviderHealthResponse,
  GetUptimeResponse,
  ListAlertsResponse,
  ListProviderHealthResponse,
} from '@switchyard/contracts/health';
import {
  type EncodeError,
  encodePlainError,
  type HttpRoute,
  type QueryReader,
  rpcRoute,
} from '@switchyard/service-kit';
import type { AlertHandlers, HealthHandlers } from '../rpc/handlers.ts';

const BELOW_HEALTH = '/v1/health/';

const page = (query: QueryReader) => ({
  pageSize: query.whole('page_size'),
  pageToken: query.text('page_token'),
});
const provider = (query: QueryReader) => ({
  provider: query.text('provider'),
  tenant: query.text('tenant'),
});

/** What can be read by HTTP: the same RPCs, by the same keys and permissions. */
export function httpRoutes(health: HealthHandlers, alerts: AlertHandlers): ReadonlyMap<string, HttpRoute> {
  return new Map<string, HttpRoute>([
    [
      'GET /v1/health',
      rpcRoute({ rpc: health.listProviderHealth, read: page, encode: ListProviderHealthResponse.toJSON }),
    ],
    [
      `GET ${BELOW_HEALTH}*`,
      rpcRoute({
        rpc: health.getProviderHealth,
        below: BELOW_HEALTH,
        read: (query, id) => ({ provider: id, tenant: query.text('tenant') }),
        encode: GetProviderHealthResponse.toJSON,
      }),
    ],
    ['GET /v1/history', history(health)],
    ['GET /v1/uptime', rpcRoute({ rpc: health.getUptime, read: provider, encode: GetUptimeResponse.toJSON })],
    [
      'GET /v1/alerts',
      rpcRoute({
        rpc: alerts.listAlerts,
        read: (query) => ({
          tenant: query.text('tenant'),
          openOnly: query.flag('open_only'),
          ...page(query),
        }),
        encode: ListAlertsResponse.toJSON,
      }),
    ],
  ]);
}

const history = ({ getHealthHistory: rpc }: HealthHandlers): HttpRoute =>
  rpcRoute({
    rpc,
    read: (query) => ({
      ...provider(query),
      startTime: query.instant('start_time'),
      endTime: query.instant('end_time'),
      ...page(query),
    }),
    encode: GetHealthHistoryResponse.toJSON,
  });

/** The shape of errors where there is no route. */
export const strayError = (): EncodeError => encodePlainError;
