import { type AlertBus, publishAlert, type ReachRules, tellReceiver } from '@switchyard/alerting';
import { SecretServiceClient } from '@switchyard/contracts/credential';
import { type Clock, ServiceError } from '@switchyard/kernel';
import { callUnary, type GrpcTarget, openGrpcClient } from '@switchyard/service-kit';
import type { AlertTeller } from '../../ports.ts';

export interface AlertTellerOptions extends AlertBus {
  readonly rules: ReachRules;
  /** The credential service, and this service's key. */
  readonly credential: GrpcTarget;
  readonly clock: Clock;
}

const READ_TIMEOUT_MS = 2_000;

/** Tells of alerts. A secret is read for each try and kept nowhere: one that was taken back is used no more. */
export function alertTeller(options: AlertTellerOptions): AlertTeller & { close(): void } {
  const { rules, credential, clock } = options;
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
    publish: (event) => publishAlert(event, options),
    tell: (telling) => tellReceiver(telling, { rules, readSecret, wallMs: () => clock.wallMs() }),
    close: () => client.close(),
  };
}
