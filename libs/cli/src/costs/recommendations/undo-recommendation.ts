import {
  ExperimentAdminServiceClient,
  ExperimentState,
  PoolAdminServiceClient,
} from '@switchyard/contracts/routing';
import type { CommandInput } from '../../command.ts';
import { call, openClient } from '../../grpc-call.ts';
import { readConfiguration, savingObjects } from './saving-objects.ts';

/** Takes back what applying a recommendation has made: requests go where they went before. */
export async function undoRecommendation(input: CommandInput, id: string): Promise<void> {
  const { settings, output } = input;
  const { pools, experiments } = savingObjects(await readConfiguration(input), id);
  if (pools.length + experiments.length === 0)
    throw new Error(`recommendation ${id} is not applied; \`switchyard costs recommend\` shows which are`);
  const experimentsClient = openClient(ExperimentAdminServiceClient, settings.routing);
  const poolsClient = openClient(PoolAdminServiceClient, settings.routing);
  try {
    for (const { tenant, id: experiment, state } of experiments) {
      const address = { tenant, id: experiment };
      if (state === ExperimentState.RUNNING)
        await call(experimentsClient.stopExperiment.bind(experimentsClient), address, settings.apiKey);
      await call(experimentsClient.deleteExperiment.bind(experimentsClient), address, settings.apiKey);
    }
    for (const { tenant, id: pool } of pools)
      await call(poolsClient.deletePool.bind(poolsClient), { tenant, id: pool, etag: '' }, settings.apiKey);
  } finally {
    experimentsClient.close();
    poolsClient.close();
  }
  const names = experiments.map(({ model }) => model);
  if (output.json) output.value({ id, removed: [...experiments, ...pools].map((one) => one.id) });
  else output.line(`Recommendation ${id} is taken back: ${names.join(' and ')} is answered as before.`);
}
