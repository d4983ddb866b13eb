import type { ListBudgetsRequest, ListBudgetsResponse } from '@switchyard/contracts/cost';
import { type Clock, invalidArgument } from '@switchyard/kernel';
import type { UnaryHandler } from '@switchyard/service-kit';
import type { BudgetStore } from '../ports.ts';
import { budgetMessage } from './budget-message.ts';
import { budgetTenant } from './budget-tenant.ts';

const DEFAULT_PAGE = 100;
const MAX_PAGE = 1_000;
const TOKEN = /^[A-Za-z0-9_-]{0,128}$/;

/** Lists budgets and how they stand, by id. */
export const listBudgets =
  (budgets: BudgetStore, clock: Clock): UnaryHandler<ListBudgetsRequest, ListBudgetsResponse> =>
  async ({ tenant, pageSize, pageToken }, { principal }) => {
    if (pageSize < 0 || pageSize > MAX_PAGE)
      throw invalidArgument({ field: 'page_size', description: `must be from 1 to ${MAX_PAGE}` });
    if (!TOKEN.test(pageToken))
      throw invalidArgument({
        field: 'page_token',
        description: 'must be a next_page_token of an earlier answer',
      });
    const limit = pageSize || DEFAULT_PAGE;
    const after = Buffer.from(pageToken, 'base64url').toString('utf8');
    const page = { tenant: budgetTenant(principal, tenant), after, limit: limit + 1 };
    // One more than wanted tells whether there is a next page.
    const found = (await budgets.list(page, clock.wallMs())).map(budgetMessage);
    const shown = found.slice(0, limit);
    const last = found.length > limit ? (shown.at(-1)?.id ?? '') : '';
    return { budgets: shown, nextPageToken: Buffer.from(last).toString('base64url') };
  };
