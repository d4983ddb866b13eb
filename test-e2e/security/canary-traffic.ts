import { PutSecretRequest } from '@switchyard/contracts/credential';
import { CompleteRequest, Provider } from '@switchyard/contracts/routing';
import type { RunningFleet } from '@switchyard/deploy';
import { callMetadata } from '@switchyard/service-kit';
import type { Clients } from '../support/open-clients.ts';
import { SimulatorControl } from '../support/simulator-control.ts';
import { messages, note, post, type Told } from './canary-calls.ts';
import { PLANTED } from './planted-canaries.ts';

const PROVIDERS = ['shaped', 'plain'] as const;

/** Registers a provider of each key at the simulator. */
export async function registerProviders(fleet: RunningFleet, clients: Clients): Promise<void> {
  const keys = { shaped: PLANTED.providerKey, plain: PLANTED.plainProviderKey };
  for (const id of PROVIDERS) {
    const secret = `canary/${id}`;
    const value = Buffer.from(keys[id]);
    const allowedOrigins = [new URL(fleet.simulatorUrl).origin];
    const put = PutSecretRequest.fromPartial({ id: secret, value, allowedOrigins });
    await clients.call(clients.secrets, 'putSecret', put);
    const provider = Provider.fromPartial({
      ...{ id, wireFormat: 'openai-chat', catalogId: 'sim-openai', simulated: true, credentialRef: secret },
      baseUrl: `${fleet.simulatorUrl}/primary/v1`,
    });
    await clients.call(clients.providers, 'createProvider', { provider });
  }
}

/** What goes well, by HTTP and gRPC, in one piece and streamed. */
export async function succeed(fleet: RunningFleet, clients: Clients, told: Told): Promise<void> {
  for (const id of PROVIDERS) {
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
  const keys = { shaped: PLANTED.providerKey, plain: PLANTED.plainProviderKey };
  for (const [id, key] of Object.entries(keys)) {
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
        await control.setFaults('primary', [{ fault: { type: 'status', status, body } }]);
        await post(fleet, told, { body: { model: `${id}/sim-smart`, messages, stream } });
      }
    }
    await control.setFaults('primary', [{ fault: { type: 'error-event', message, errorType: key } }]);
    await post(fleet, told, { body: { model: `${id}/sim-fast`, messages, stream: true } });
    await control.clearFaults();
  }
}
