import {
  BatchServiceService,
  CacheAdminServiceService,
  ConfigurationAdminServiceService,
  ExperimentAdminServiceService,
  InferenceServiceService,
  LimitAdminServiceService,
  PolicyAdminServiceService,
  PoolAdminServiceService,
  ProviderAdminServiceService,
} from '@switchyard/contracts/routing';
import { type DefinedService, defineService } from '@switchyard/service-kit';
import type { DecisionRecorder } from '../adapters/decision-recorder.ts';
import type { PostgresDecisions } from '../adapters/postgres-decisions.ts';
import type { BatchEntry } from '../batch/accept-batch.ts';
import type { AdmittedPipeline } from '../pipeline/admitted-pipeline.ts';
import type { Entrance } from '../pipeline/entrance.ts';
import type { PipelineContext } from '../ports.ts';
import { applyConfiguration, type ConfigurationAdmin } from './apply-configuration.ts';
import { cancelBatch } from './cancel-batch.ts';
import { clearCache } from './clear-cache.ts';
import { complete } from './complete.ts';
import { createBatch } from './create-batch.ts';
import { createExperiment, type ExperimentAdmin } from './create-experiment.ts';
import { createPool } from './create-pool.ts';
import { createProvider, type ProviderAdmin } from './create-provider.ts';
import { deleteExperiment } from './delete-experiment.ts';
import { deletePool } from './delete-pool.ts';
import { deleteProvider } from './delete-provider.ts';
import { estimateCost } from './estimate-cost.ts';
import { getBatch } from './get-batch.ts';
import { getCacheStatistics } from './get-cache-statistics.ts';
import { getConfiguration } from './get-configuration.ts';
import { getDecision } from './get-decision.ts';
import { getExperiment } from './get-experiment.ts';
import { getPolicy } from './get-policy.ts';
import { getPool } from './get-pool.ts';
import { getProvider } from './get-provider.ts';
import { listBatches } from './list-batches.ts';
import { listExperiments } from './list-experiments.ts';
import { listLimits } from './list-limits.ts';
import { listModels } from './list-models.ts';
import { listPolicies } from './list-policies.ts';
import { listPools } from './list-pools.ts';
import { listProviders } from './list-providers.ts';
import type { PoolAdmin } from './pool-admin.ts';
import { probeProvider } from './probe-provider.ts';
import { promoteVariant } from './promote-variant.ts';
import { route } from './route.ts';
import { type PolicyAdmin, setPolicy } from './set-policy.ts';
import { startExperiment } from './start-experiment.ts';
import { stopExperiment } from './stop-experiment.ts';
import { streamBatchResults } from './stream-batch-results.ts';
import { streamComplete } from './stream-complete.ts';
import { updatePool } from './update-pool.ts';
import { updateProvider } from './update-provider.ts';
import { workHandlers } from './work.ts';

/** What routing's RPCs stand on. */
export interface RpcOptions {
  readonly context: PipelineContext;
  readonly pipeline: AdmittedPipeline;
  readonly entrance: Entrance;
  readonly decisionStore: PostgresDecisions;
  readonly recorder: DecisionRecorder;
  readonly batchEntry: BatchEntry;
  readonly admin: ProviderAdmin & PoolAdmin & PolicyAdmin & ConfigurationAdmin & ExperimentAdmin;
}

/** Everything routing offers by gRPC. */
export function rpcServices({
  context,
  pipeline,
  entrance,
  decisionStore,
  recorder,
  batchEntry,
  admin,
}: RpcOptions): DefinedService[] {
  return [
    defineService(InferenceServiceService, {
      complete: complete(pipeline),
      streamComplete: streamComplete(pipeline),
      ...workHandlers(pipeline),
      route: route(pipeline),
      probeProvider: probeProvider(context),
      estimateCost: estimateCost(context),
      getDecision: getDecision(decisionStore, recorder),
      listProviders: listProviders(context),
      listModels: listModels(context.snapshots),
    }),
    defineService(ProviderAdminServiceService, {
      createProvider: createProvider(admin),
      getProvider: getProvider(context.snapshots),
      updateProvider: updateProvider(admin),
      deleteProvider: deleteProvider(admin),
    }),
    defineService(ConfigurationAdminServiceService, {
      getConfiguration: getConfiguration(admin.configuration),
      applyConfiguration: applyConfiguration(admin),
    }),
    ...upkeepServices(context, entrance),
    batchService(batchEntry),
    defineService(PoolAdminServiceService, {
      createPool: createPool(admin),
      getPool: getPool(context.snapshots),
      listPools: listPools(context.snapshots),
      updatePool: updatePool(admin),
      deletePool: deletePool(admin),
    }),
    defineService(PolicyAdminServiceService, {
      getPolicy: getPolicy(context.snapshots),
      listPolicies: listPolicies(context.snapshots),
      setPolicy: setPolicy(admin),
    }),
    defineService(ExperimentAdminServiceService, {
      createExperiment: createExperiment(admin),
      getExperiment: getExperiment(admin),
      listExperiments: listExperiments(admin),
      startExperiment: startExperiment(admin),
      stopExperiment: stopExperiment(admin),
      promoteVariant: promoteVariant(admin),
      deleteExperiment: deleteExperiment(admin),
    }),
  ];
}

/** What tells of limits and cached answers. */
const upkeepServices = (context: PipelineContext, entrance: Entrance): DefinedService[] => [
  defineService(LimitAdminServiceService, { listLimits: listLimits(context, entrance) }),
  defineService(CacheAdminServiceService, {
    clearCache: clearCache(context),
    getCacheStatistics: getCacheStatistics(context),
  }),
];

/** Many requests that nobody waits for. */
const batchService = (entry: BatchEntry): DefinedService =>
  defineService(BatchServiceService, {
    createBatch: createBatch(entry),
    getBatch: getBatch(entry),
    listBatches: listBatches(entry),
    cancelBatch: cancelBatch(entry),
    streamBatchResults: streamBatchResults(entry),
  });
