import type {
  Experiment,
  ListExperimentsRequest,
  ListExperimentsResponse,
} from '@switchyard/contracts/routing';
import { actingTenant, type Rpc, type UnaryHandler } from '@switchyard/service-kit';
import type { ExperimentAdmin } from './create-experiment.ts';
import { pageOf, readPage } from './paging.ts';

/** ExperimentAdminService.ListExperiments */
export const listExperiments = ({
  experiments: store,
}: Pick<ExperimentAdmin, 'experiments'>): Rpc<
  UnaryHandler<ListExperimentsRequest, ListExperimentsResponse>
> => ({
  permission: 'routing.experiment.read',
  handle: async (request, { principal }) => {
    const acting = actingTenant(principal, request.tenant);
    const page = readPage(request, { fallback: 100, max: 1_000 });
    const visible = (await store.list(acting)).toSorted((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
    const { page: experiments, nextPageToken } = pageOf(visible, page, sortKey);
    return { experiments, nextPageToken };
  },
});

const sortKey = ({ id, tenant }: Experiment): string => `${id} ${tenant}`;
