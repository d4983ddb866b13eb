import { type Delivery, DeliveryState } from '@switchyard/contracts/alert';
import type { StoredDelivery } from './deliveries/list-deliveries.ts';

const STATES = {
  pending: DeliveryState.PENDING,
  delivered: DeliveryState.DELIVERED,
  failed: DeliveryState.FAILED,
} as const;

/** A delivery as callers see it. */
export const deliveryMessage = ({ state, ...delivery }: StoredDelivery): Delivery => ({
  ...delivery,
  state: STATES[state],
});
