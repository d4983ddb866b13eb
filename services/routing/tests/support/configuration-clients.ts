import {
  ApplyConfigurationRequest,
  type ApplyConfigurationResponse,
  CompleteRequest,
  type CompleteResponse,
  ConfigurationAdminServiceClient,
  type Decision,
  Experiment,
  ExperimentAdminServiceClient,
  GetConfigurationRequest,
  type GetConfigurationResponse,
  type GetExperimentResponse,
  InferenceServiceClient,
  ListExperimentsRequest,
  ListPoolsRequest,
  Policy,
  PolicyAdminServiceClient,
  Pool,
  PoolAdminServiceClient,
  Provider,
  ProviderAdminServiceClient,
  Role,
} from '@switchyard/contracts/routing';
import { callUnary, openGrpcClient } from '@switchyard/service-kit';

type PartialOf<T extends { readonly fromPartial: (object: never) => unknown }> = Parameters<
  T['fromPartial']
>[0];

/** Everything that configures routing, as one caller. */
export type ConfigurationClients = ReturnType<typeof openConfiguration>;

/** Opens clients of one routing with one key. */
export function openConfiguration(address: string, apiKey: string) {
  const target = { address, apiKey };
  const configuration = openGrpcClient(ConfigurationAdminServiceClient, target);
  const pools = openGrpcClient(PoolAdminServiceClient, target);
  const policies = openGrpcClient(PolicyAdminServiceClient, target);
  const providers = openGrpcClient(ProviderAdminServiceClient, target);
  const inference = openGrpcClient(InferenceServiceClient, target);
  const experiments = openGrpcClient(ExperimentAdminServiceClient, target);
  const to = { target, timeoutMs: 10_000 };
  return {
    apply: (request: PartialOf<typeof ApplyConfigurationRequest>): Promise<ApplyConfigurationResponse> => {
      const method = configuration.applyConfiguration.bind(configuration);
      return callUnary({ method, request: ApplyConfigurationRequest.fromPartial(request), ...to });
    },
    getConfiguration: (tenant?: string): Promise<GetConfigurationResponse> => {
      const method = configuration.getConfiguration.bind(configuration);
      return callUnary({ method, request: GetConfigurationRequest.fromPartial({ tenant }), ...to });
    },
    createPool: async (pool: PartialOf<typeof Pool>): Promise<Pool | undefined> => {
      const method = pools.createPool.bind(pools);
      return (await callUnary({ method, request: { pool: Pool.fromPartial(pool) }, ...to })).pool;
    },
    getPool: async (id: string, tenant = ''): Promise<Pool | undefined> => {
      const method = pools.getPool.bind(pools);
      return (await callUnary({ method, request: { id, tenant }, ...to })).pool;
    },
    listPools: async (tenant = ''): Promise<Pool[]> => {
      const request = ListPoolsRequest.fromPartial({ tenant });
      return (await callUnary({ method: pools.listPools.bind(pools), request, ...to })).pools;
    },
    updatePool: async (pool: PartialOf<typeof Pool>, ...updateMask: string[]): Promise<Pool | undefined> => {
      const method = pools.updatePool.bind(pools);
      return (await callUnary({ method, request: { pool: Pool.fromPartial(pool), updateMask }, ...to })).pool;
    },
    deletePool: async (id: string, { tenant = '', etag = '' } = {}): Promise<void> => {
      await callUnary({ method: pools.deletePool.bind(pools), request: { id, tenant, etag }, ...to });
    },
    setPolicy: async (policy: PartialOf<typeof Policy>): Promise<Policy | undefined> => {
      const method = policies.setPolicy.bind(policies);
      return (await callUnary({ method, request: { policy: Policy.fromPartial(policy) }, ...to })).policy;
    },
    getPolicy: async (tenant = ''): Promise<Policy | undefined> => {
      const method = policies.getPolicy.bind(policies);
      return (await callUnary({ method, request: { tenant }, ...to })).policy;
    },
    listPolicies: async (tenant = ''): Promise<Policy[]> => {
      const method = policies.listPolicies.bind(policies);
      return (await callUnary({ method, request: { tenant }, ...to })).policies;
    },
    createExperiment: async (experiment: PartialOf<typeof Experiment>): Promise<Experiment | undefined> => {
      const method = experiments.createExperiment.bind(experiments);
      const request = { experiment: Experiment.fromPartial(experiment) };
      return (await callUnary({ method, request, ...to })).experiment;
    },
    getExperiment: (id: string, tenant = ''): Promise<GetExperimentResponse> =>
      callUnary({ method: experiments.getExperiment.bind(experiments), request: { id, tenant }, ...to }),
    listExperiments: async (tenant = ''): Promise<Experiment[]> => {
      const method = experiments.listExperiments.bind(experiments);
      const request = ListExperimentsRequest.fromPartial({ tenant });
      return (await callUnary({ method, request, ...to })).experiments;
    },
    startExperiment: async (id: string, tenant = ''): Promise<Experiment | undefined> => {
      const method = experiments.startExperiment.bind(experiments);
      return (await callUnary({ method, request: { id, tenant }, ...to })).experiment;
    },
    stopExperiment: async (id: string, tenant = ''): Promise<Experiment | undefined> => {
      const method = experiments.stopExperiment.bind(experiments);
      return (await callUnary({ method, request: { id, tenant }, ...to })).experiment;
    },
    promoteVariant: async (id: string, variant: string, tenant = ''): Promise<Experiment | undefined> => {
      const method = experiments.promoteVariant.bind(experiments);
      return (await callUnary({ method, request: { id, tenant, variant }, ...to })).experiment;
    },
    deleteExperiment: async (id: string, tenant = ''): Promise<void> => {
      await callUnary({
        method: experiments.deleteExperiment.bind(experiments),
        request: { id, tenant },
        ...to,
      });
    },
    createProvider: async (provider: PartialOf<typeof Provider>): Promise<void> => {
      const method = providers.createProvider.bind(providers);
      const whole = { wireFormat: 'openai-chat', baseUrl: 'https://example.com/v1', ...provider };
      await callUnary({ method, request: { provider: Provider.fromPartial(whole) }, ...to });
    },
    updateProvider: async (provider: PartialOf<typeof Provider>, ...updateMask: string[]): Promise<void> => {
      const method = providers.updateProvider.bind(providers);
      await callUnary({ method, request: { provider: Provider.fromPartial(provider), updateMask }, ...to });
    },
    deleteProvider: async (id: string, tenant = ''): Promise<void> => {
      const method = providers.deleteProvider.bind(providers);
      await callUnary({ method, request: { id, tenant, etag: '' }, ...to });
    },
    route: async (request: PartialOf<typeof CompleteRequest>): Promise<Decision | undefined> => {
      const method = inference.route.bind(inference);
      return (await callUnary({ method, request: askFor(request), ...to })).decision;
    },
    complete: (request: PartialOf<typeof CompleteRequest>): Promise<CompleteResponse> =>
      callUnary({ method: inference.complete.bind(inference), request: askFor(request), ...to }),
    close: (): void => {
      for (const client of [configuration, pools, policies, providers, inference, experiments])
        client.close();
    },
  };
}

const askFor = (request: PartialOf<typeof CompleteRequest>): CompleteRequest =>
  CompleteRequest.fromPartial({
    messages: [{ role: Role.USER, parts: [{ content: { $case: 'text', value: 'Say something.' } }] }],
    ...request,
  });
