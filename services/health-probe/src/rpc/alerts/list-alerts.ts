import { deliveryMessage } from '@switchyard/alerting';
import {
  type Alert,
  AlertState,
  type ListAlertsRequest,
  type ListAlertsResponse,
} from '@switchyard/contracts/health';
import { invalidArgument } from '@switchyard/kernel';
import type { UnaryHandler } from '@switchyard/service-kit';
import type { AlertStore, StoredAlert } from '../../ports.ts';
import { ownerOfAlerts } from './owner-of-alerts.ts';

const DEFAULT_PAGE_SIZE = 100;
const MAX_PAGE_SIZE = 500;

/** Lists the alerts of one owner, the newest first. */
export function listAlerts(store: AlertStore): UnaryHandler<ListAlertsRequest, ListAlertsResponse> {
  return async ({ tenant, openOnly, pageSize, pageToken }, { principal }) => {
    const size = pageSize === 0 ? DEFAULT_PAGE_SIZE : pageSize;
    if (size < 1 || size > MAX_PAGE_SIZE)
      throw invalidArgument({ field: 'page_size', description: `must be from 1 to ${MAX_PAGE_SIZE}` });
    const beforeId = readPageToken(pageToken);
    // One more than asked for tells whether there is another page.
    const page = { tenant: ownerOfAlerts(principal, tenant), openOnly, beforeId, limit: size + 1 };
    const found = await store.list(page);
    const alerts = found.slice(0, size);
    return {
      alerts: alerts.map(alertMessage),
      nextPageToken: found.length > size ? (alerts.at(-1)?.id ?? '') : '',
    };
  };
}

const STATES = {
  pending: AlertState.PENDING,
  firing: AlertState.FIRING,
  resolved: AlertState.RESOLVED,
} as const;

const alertMessage = ({ badSince, state, deliveries, ...alert }: StoredAlert): Alert => ({
  ...alert,
  state: STATES[state],
  since: badSince,
  deliveries: deliveries.map(deliveryMessage),
});

/** Only a position: whose alerts they are is decided anew on every page. */
function readPageToken(token: string): string | undefined {
  if (token === '') return undefined;
  if (/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(token)) return token;
  throw invalidArgument({
    field: 'page_token',
    description: 'must be the next_page_token of an earlier page',
  });
}
