import { SecretServiceClient } from '@switchyard/contracts/credential';
import { type Clock, ServiceError } from '@switchyard/kernel';
import { callUnary, type GrpcTarget, openGrpcClient } from '@switchyard/service-kit';
import type { DeliveryOutcome } from '../domain/delivery-plan.ts';
import type { ReachRules } from './reach-rules.ts';
import { type Telling, tellReceiver } from './tell-receiver.ts';

export interface ReceiverTellerOptions {
  readonly rules: ReachRules;
  /** The credential service, and this service's key. */
  readonly credential: GrpcTarget;
  readonly clock: Clock;
}

/** Tells receivers. */
export interface ReceiverTeller {
  /** Tells one once. Never throws. */
  tell(telling: Telling): Promise<DeliveryOutcome>;
  close(): void;
}

const READ_TIMEOUT_MS = 2_000;

/** Tells of alerts. A secret is read for each try and kept nowhere: one that was taken back is used no more. */
export function receiverTeller({ rules, credential, clock }: ReceiverTellerOptions): ReceiverTeller {
  const client = openGrpcClient(SecretServiceClient, credential);
  const readSecret = async (name: { readonly tenant: string; readonly id: string }) => {
    try {
      const { secret, value } = await callUnary({
        method: client.readSecret.bind(client),
        request: { ...name, purpose: 'alert' },
        target: credential,
        timeoutMs: READ_TIMEOUT_MS,
      });
      return { value, allowedOrigins: secret?.allowedOrigins ?? [] };
    } catch (error) {
      if (error instanceof ServiceError && error.code === 'NOT_FOUND') return undefined;
      throw error;
    }
  };
  return {
    tell: (telling) => tellReceiver(telling, { rules, readSecret, wallMs: () => clock.wallMs() }),
    close: () => client.close(),
  };
}
