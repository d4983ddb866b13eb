import { ListSecretsRequest, PutSecretRequest, SecretServiceClient } from '@switchyard/contracts/credential';
import {
  CreateProviderRequest,
  InferenceServiceClient,
  ListProvidersRequest,
  type Provider,
  ProviderAdminServiceClient,
  UpdateProviderRequest,
} from '@switchyard/contracts/routing';
import { type GrpcTarget, openGrpcClient } from '@switchyard/service-kit';
import { callWhenAvailable } from './call-when-available.ts';
import { providerMessage, type RegistrationStep } from './registration.ts';

export interface ProviderApiOptions {
  /** `host:port` of gRPC. */
  readonly routingAddress: string;
  readonly credentialAddress: string;
  /** Of an administrator of the installation. */
  readonly apiKey: string;
  /** Ends the wait for services that are not there yet. */
  readonly signal: AbortSignal;
}

/** The calls that registering takes, as every operator can make them. Each throws ServiceError. */
export class ProviderApi implements Disposable {
  readonly #signal: AbortSignal;
  readonly #routing: GrpcTarget;
  readonly #credential: GrpcTarget;
  readonly #inference: InferenceServiceClient;
  readonly #admin: ProviderAdminServiceClient;
  readonly #secrets: SecretServiceClient;

  constructor({ routingAddress, credentialAddress, apiKey, signal }: ProviderApiOptions) {
    this.#signal = signal;
    this.#routing = { address: routingAddress, apiKey };
    this.#credential = { address: credentialAddress, apiKey };
    this.#inference = openGrpcClient(InferenceServiceClient, this.#routing);
    this.#admin = openGrpcClient(ProviderAdminServiceClient, this.#routing);
    this.#secrets = openGrpcClient(SecretServiceClient, this.#credential);
  }

  /** Every provider that the key sees. */
  async listProviders(): Promise<Provider[]> {
    const providers: Provider[] = [];
    let pageToken = '';
    do {
      const page = await callWhenAvailable({
        method: this.#inference.listProviders.bind(this.#inference),
        request: ListProvidersRequest.fromPartial({ pageSize: 1_000, pageToken }),
        target: this.#routing,
        signal: this.#signal,
      });
      providers.push(...page.providers.flatMap(({ provider }) => provider ?? []));
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
    return providers;
  }

  /** Ids of the installation's secrets. */
  async listSecretIds(): Promise<ReadonlySet<string>> {
    const ids = new Set<string>();
    let pageToken = '';
    do {
      const page = await callWhenAvailable({
        method: this.#secrets.listSecrets.bind(this.#secrets),
        request: ListSecretsRequest.fromPartial({ pageSize: 1_000, pageToken }),
        target: this.#credential,
        signal: this.#signal,
      });
      for (const { id } of page.secrets) ids.add(id);
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
    return ids;
  }

  /** Stores a secret of the installation that may be sent to some origins. */
  async putSecret({ id, value, origins }: { id: string; value: string; origins: string[] }): Promise<void> {
    await callWhenAvailable({
      method: this.#secrets.putSecret.bind(this.#secrets),
      request: PutSecretRequest.fromPartial({ id, value: Buffer.from(value), allowedOrigins: origins }),
      target: this.#credential,
      signal: this.#signal,
    });
  }

  async take(step: RegistrationStep): Promise<void> {
    const shared = { target: this.#routing, signal: this.#signal };
    const provider = providerMessage(step.id, step.fields);
    if (step.kind === 'create') {
      const request = CreateProviderRequest.fromPartial({ provider });
      await callWhenAvailable({ method: this.#admin.createProvider.bind(this.#admin), request, ...shared });
    } else {
      const request = UpdateProviderRequest.fromPartial({ provider, updateMask: [...step.mask] });
      await callWhenAvailable({ method: this.#admin.updateProvider.bind(this.#admin), request, ...shared });
    }
  }

  [Symbol.dispose](): void {
    for (const client of [this.#inference, this.#admin, this.#secrets]) client.close();
  }
}
