import { type Receiver, readReceiver } from '@switchyard/alerting';
import { AlertServiceClient } from '@switchyard/contracts/health';
import { callUnary, type GrpcTarget, openGrpcClient } from '@switchyard/service-kit';
import type { KnownReceivers } from '../../ports.ts';

const TIMEOUT_MS = 2_000;

/** Who may be told: the receivers of health-probe, so that an operator names them once for all alerts. */
export interface ReceiverDirectory extends KnownReceivers {
  /** @returns undefined where there is none @throws ServiceError while it cannot be asked for */
  find(tenant: string, id: string): Promise<Receiver | undefined>;
  close(): void;
}

/** Asks health-probe; each time, so that a receiver that was changed or removed is so at once. */
export function grpcReceivers(target: GrpcTarget): ReceiverDirectory {
  const client = openGrpcClient(AlertServiceClient, target);
  const list = async (tenant: string) => {
    const method = client.listReceivers.bind(client);
    return (await callUnary({ method, request: { tenant }, target, timeoutMs: TIMEOUT_MS })).receivers;
  };
  return {
    ids: async (tenant) => new Set((await list(tenant)).map(({ id }) => id)),
    find: async (tenant, id) => {
      const found = (await list(tenant)).find((one) => one.id === id);
      const receiver = found && readReceiver(found);
      return receiver?.ok === true ? receiver.value : undefined;
    },
    close: () => client.close(),
  };
}
