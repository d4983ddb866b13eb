import { type Budget, type BudgetServiceClient, ListBudgetsRequest } from '@switchyard/contracts/cost';
import { call } from '../grpc-call.ts';

/** Most pages that are read, of 1,000 budgets each. */
const MAX_PAGES = 100;

/** All budgets of one owner, by id. @throws ServiceError */
export async function listBudgets(
  client: BudgetServiceClient,
  { tenant, apiKey }: { readonly tenant: string; readonly apiKey: string },
): Promise<Budget[]> {
  const found: Budget[] = [];
  let pageToken = '';
  for (let page = 0; page < MAX_PAGES; page++) {
    const request = ListBudgetsRequest.fromPartial({ tenant, pageSize: 1_000, pageToken });
    const part = await call(client.listBudgets.bind(client), request, apiKey);
    found.push(...part.budgets);
    if (part.nextPageToken === '') break;
    pageToken = part.nextPageToken;
  }
  return found;
}
