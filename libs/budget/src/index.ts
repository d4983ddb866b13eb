/** Budgets: windows of time, and the leases that keep replicas from spending more than a limit together. Pure. */
export type {
  AskAnswer,
  GrantedLease,
  Lack,
  LeaseAnswer,
  LeaseAsk,
  LeaseExchange,
  ToldLease,
  WindowStanding,
} from './lease/exchange.ts';
export { type Accounts, exchangeLeases } from './lease/exchange-leases.ts';
export type { Instant } from './lease/instant.ts';
export { type Lease, type LeaseKey, leaseKeyText, outstanding } from './lease/lease.ts';
export {
  type Charge,
  LeaseHolder,
  type LeaseHolderOptions,
  type Reservation,
  type Shortage,
} from './lease/lease-holder.ts';
export { type AccountState, type GrantOptions, WindowAccount } from './lease/window-account.ts';
export {
  type BudgetWindow,
  isTimeZone,
  PERIODS,
  type Period,
  type WindowRule,
  windowAt,
} from './window/budget-window.ts';
