import { InferenceServiceService, ProviderAdminServiceService } from '@switchyard/contracts/routing';
import { type DefinedService, defineService } from '@switchyard/service-kit';
import type { DecisionRecorder } from '../adapters/decision-recorder.ts';
import type { PostgresDecisions } from '../adapters/postgres-decisions.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import type { PipelineContext } from '../ports.ts';
import { complete } from './complete.ts';
import { createProvider, type ProviderAdmin } from './create-provider.ts';
import { deleteProvider } from './delete-provider.ts';
import { getDecision } from './get-decision.ts';
import { getProvider } from './get-provider.ts';
import { listModels } from './list-models.ts';
import { listProviders } from './list-providers.ts';
import { route } from './route.ts';
import { streamComplete } from './stream-complete.ts';
import { updateProvider } from './update-provider.ts';

/** What routing's RPCs stand on. */
export interface RpcOptions {
  readonly context: PipelineContext;
  readonly pipeline: Pipeline;
  readonly decisionStore: PostgresDecisions;
  readonly recorder: DecisionRecorder;
  readonly admin: ProviderAdmin;
}

/** Everything routing offers by gRPC. */
export function rpcServices({
  context,
  pipeline,
  decisionStore,
  recorder,
  admin,
}: RpcOptions): DefinedService[] {
  return [
    defineService(InferenceServiceService, {
      complete: complete(pipeline),
      streamComplete: streamComplete(pipeline),
      route: route(pipeline),
      getDecision: getDecision(decisionStore, recorder),
      listProviders: listProviders(context, pipeline),
      listModels: listModels(context.snapshots),
    }),
    defineService(ProviderAdminServiceService, {
      createProvider: createProvider(admin),
      getProvider: getProvider(context.snapshots),
      updateProvider: updateProvider(admin),
      deleteProvider: deleteProvider(admin),
    }),
  ];
}
