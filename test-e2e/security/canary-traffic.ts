import { PutSecretRequest } from '@switchyard/contracts/credential';
import { CompleteRequest } from '@switchyard/contracts/routing';
import type { RunningFleet } from '@switchyard/deploy';
import { callMetadata } from '@switchyard/service-kit';
import type { Clients } from '../support/open-clients.ts';
import { SimulatorControl } from '../support/simulator-control.ts';
import { messages, note, post, type Told } from './canary-calls.ts';
import { PLANTED } from './planted-canaries.ts';

/** Providers whose errors tell the key that they were called with. */
export const QUOTING = [
  { id: 'shaped', format: 'openai-chat', key: PLANTED.providerKey },
  { id: 'plain', format: 'openai-chat', key: PLANTED.plainProviderKey },
] as const;

/** Stores their keys once more, so that whoever hears of secrets does. */
export async function storeKeysAgain(fleet: RunningFleet, clients: Clients): Promise<void> {
  const allowedOrigins = [new URL(fleet.simulatorUrl).origin];
  for (const { id, key } of QUOTING) {
    const put = PutSecretRequest.fromPartial({
      id: `test/simulated-${id}`,
      value: Buffer.from(key),
      allowedOrigins,
    });
    await clients.insist(clients.secrets, 'putSecret', put);
  }
}

/** What goes well, by HTTP and gRPC, in one piece and streamed. */
export async function succeed(fleet: RunningFleet, clients: Clients, told: Told): Promise<void> {
  for (const { id } of QUOTING) {
    for (const stream of [false, true]) {
      const { isError } = await post(fleet, told, { body: { model: `${id}/sim-fast`, messages, stream } });
      if (isError) throw new Error('a good request failed');
    }
    const request = CompleteRequest.fromPartial({
      model: `${id}/sim-fast`,
      messages: [{ role: 2, parts: [{ content: { $case: 'text', value: PLANTED.prompt } }] }],
    });
    const { requestId } = await clients.call(clients.inference, 'complete', request);
    const metadata = callMetadata({ address: '', apiKey: fleet.apiKey });
    for await (const _ of clients.inference.streamComplete(request, metadata));
    note(told, 'decision', await clients.call(clients.inference, 'getDecision', { requestId }));
  }
}

/** Providers that tell the key in their errors, in every place that an error has. */
export async function beEchoed(fleet: RunningFleet, told: Told): Promise<void> {
  const control = new SimulatorControl(fleet.simulatorUrl);
  for (const { id, key } of QUOTING) {
    const message = `Incorrect API key provided: ${key}. The prompt was ${PLANTED.prompt}`;
    const error = { message, type: key, param: key, code: key };
    const bodies = [
      { error },
      { error: { message: key } },
      { error: key },
      `${key} is wrong`,
      { detail: key },
    ];
    for (const [i, body] of bodies.entries()) {
      const status = [401, 400, 500, 403, 429][i] as number;
      for (const stream of [false, true]) {
        await control.setFaults(id, [{ fault: { type: 'status', status, body } }]);
        await post(fleet, told, { body: { model: `${id}/sim-smart`, messages, stream } });
      }
    }
    await control.setFaults(id, [{ fault: { type: 'error-event', message, errorType: key } }]);
    await post(fleet, told, { body: { model: `${id}/sim-fast`, messages, stream: true } });
    await control.clearFaults();
  }
}
