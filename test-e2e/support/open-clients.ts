import type { CallOptions, ServiceError as GrpcError, Metadata } from '@grpc/grpc-js';
import { ConnectorAdminServiceClient, ConnectorServiceClient } from '@switchyard/contracts/connector';
import { CostServiceClient } from '@switchyard/contracts/cost';
import {
  ApiKeyServiceClient,
  AuditServiceClient,
  SecretServiceClient,
} from '@switchyard/contracts/credential';
import { HealthServiceClient } from '@switchyard/contracts/health';
import {
  BatchServiceClient,
  ConfigurationAdminServiceClient,
  ExperimentAdminServiceClient,
  InferenceServiceClient,
  PolicyAdminServiceClient,
  PoolAdminServiceClient,
  ProviderAdminServiceClient,
} from '@switchyard/contracts/routing';
import type { RunningFleet } from '@switchyard/deploy';
import { callUnary, openGrpcClient } from '@switchyard/service-kit';
import { insist } from '@switchyard/testkit/insist';

/** Every service of a fleet that callers use, with one key. */
export type Clients = ReturnType<typeof openClients>;

/** Opens clients of all services with one key. Close them with `close`. */
export function openClients(fleet: RunningFleet, apiKey: string) {
  const at = (name: string) => ({ address: fleet.process(name).address, apiKey });
  const clients = {
    inference: openGrpcClient(InferenceServiceClient, at('routing')),
    batches: openGrpcClient(BatchServiceClient, at('routing')),
    providers: openGrpcClient(ProviderAdminServiceClient, at('routing')),
    pools: openGrpcClient(PoolAdminServiceClient, at('routing')),
    policies: openGrpcClient(PolicyAdminServiceClient, at('routing')),
    experiments: openGrpcClient(ExperimentAdminServiceClient, at('routing')),
    configuration: openGrpcClient(ConfigurationAdminServiceClient, at('routing')),
    health: openGrpcClient(HealthServiceClient, at('health-probe')),
    costs: openGrpcClient(CostServiceClient, at('cost-accounting')),
    secrets: openGrpcClient(SecretServiceClient, at('credential')),
    keys: openGrpcClient(ApiKeyServiceClient, at('credential')),
    audit: openGrpcClient(AuditServiceClient, at('credential')),
    connectors: openGrpcClient(ConnectorAdminServiceClient, at('connector')),
    connector: openGrpcClient(ConnectorServiceClient, at('connector')),
  };
  return {
    ...clients,
    /** Makes a unary call: `call(clients.secrets, 'listSecrets', { … })`. */
    call: callWith(apiKey),
    /** As `call`; while the service says that it cannot now, the call is made again. */
    insist: callWith(apiKey, insist),
    close(): void {
      for (const client of Object.values(clients)) client.close();
    },
  };
}

/** The last overload of a generated unary method, with its request and its response. */
// biome-ignore lint/complexity/useMaxParams: the shape of grpc-js's generated methods
type UnaryOf<Req, Res> = (
  request: Req,
  metadata: Metadata,
  options: Partial<CallOptions>,
  callback: (error: GrpcError | null, response: Res) => void,
) => unknown;
type RequestOf<M> = M extends UnaryOf<infer Req, infer _> ? Req : never;
type ResponseOf<M> = M extends UnaryOf<infer _, infer Res> ? Res : never;

const TIMEOUT_MS = 10_000;

const callWith =
  (apiKey: string, make: <T>(call: () => Promise<T>) => Promise<T> = (call) => call()) =>
  <C extends object, N extends keyof C & string>(
    ...[client, name, request]: [client: C, name: N, request: RequestOf<C[N]>]
  ): Promise<ResponseOf<C[N]>> => {
    const method = (client[name] as UnaryOf<RequestOf<C[N]>, ResponseOf<C[N]>>).bind(client);
    const target = { address: '', apiKey };
    return make(() => callUnary({ method, request, target, timeoutMs: TIMEOUT_MS }));
  };
