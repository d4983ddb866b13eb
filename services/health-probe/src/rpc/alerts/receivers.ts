import {
  forbiddenPlace,
  type ReachRules,
  type Receiver,
  readPlace,
  readReceiver,
} from '@switchyard/alerting';
import type {
  DeleteReceiverRequest,
  DeleteReceiverResponse,
  ListReceiversRequest,
  ListReceiversResponse,
  PutReceiverRequest,
  PutReceiverResponse,
} from '@switchyard/contracts/health';
import { invalidArgument } from '@switchyard/kernel';
import type { UnaryHandler } from '@switchyard/service-kit';
import { receiverInUse, receiverNotFound, tooManyReceivers } from '../../errors.ts';
import type { AlertStore } from '../../ports.ts';
import { ownerOfAlerts } from './owner-of-alerts.ts';

/** Stores a receiver. Its secrets need not exist yet. */
export function putReceiver({
  store,
  rules,
}: {
  readonly store: AlertStore;
  readonly rules: ReachRules;
}): UnaryHandler<PutReceiverRequest, PutReceiverResponse> {
  return async ({ receiver: given }, { principal }) => {
    if (given === undefined) throw invalidArgument({ field: 'receiver', description: 'is required' });
    const receiver = { ...given, tenant: ownerOfAlerts(principal, given.tenant) };
    const read = readReceiver(receiver);
    if (!read.ok) throw invalidArgument(read.error);
    refuseForbidden(read.value, rules);
    if (!(await store.putReceiver(receiver))) throw tooManyReceivers();
    return { receiver };
  };
}

/** An address that is written down is judged at once; a name's addresses are judged at each connection. */
function refuseForbidden({ target }: Receiver, rules: ReachRules): void {
  if (target.kind === 'slack') return;
  const [field, url] =
    target.kind === 'email' ? ['receiver.email.server', target.server] : ['receiver.webhook.url', target.url];
  const place = readPlace(url, ['https', 'http', 'smtps', 'smtp']);
  const problem = place && forbiddenPlace(place, rules);
  if (problem !== undefined) throw invalidArgument({ field, description: problem });
}

/** Lists the receivers of one owner. */
export function listReceivers(store: AlertStore): UnaryHandler<ListReceiversRequest, ListReceiversResponse> {
  return async ({ tenant }, { principal }) => ({
    receivers: [...(await store.receivers(ownerOfAlerts(principal, tenant)))],
  });
}

/** Removes a receiver that no rule names. */
export function deleteReceiver(
  store: AlertStore,
): UnaryHandler<DeleteReceiverRequest, DeleteReceiverResponse> {
  return async ({ id, tenant }, { principal }) => {
    const owner = ownerOfAlerts(principal, tenant);
    const user = (await store.rules(owner)).find(({ receivers }) => receivers.includes(id));
    if (user !== undefined) throw receiverInUse(user.id);
    if (!(await store.deleteReceiver({ id, tenant: owner }))) throw receiverNotFound();
    return {};
  };
}
