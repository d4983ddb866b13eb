/** Domain of ErrorInfo for every error of this service. */
export const ERROR_DOMAIN = 'switchyard.routing';

export { allFailed, callerGone, deadlinePassed, noKeyToCheck, outboxFull } from './errors/attempt-errors.ts';
export {
  batchEnded,
  batchNotFound,
  fileInUse,
  fileNotFound,
  fileUnreadable,
  tooManyBatches,
  tooManyFiles,
} from './errors/batch-errors.ts';
export { budgetExceeded, budgetsUnchecked } from './errors/budget-errors.ts';
export { cacheNotCleared } from './errors/cache-errors.ts';
export {
  etagMismatch,
  installationKeyNeeded,
  isUnusableConfiguration,
  tenantNotFound,
  tooManyObjects,
  unusableConfiguration,
  versionMismatch,
} from './errors/configuration-errors.ts';
export { decisionNotFound, nobodyCallable, noCandidate } from './errors/decision-errors.ts';
export {
  experimentExists,
  experimentNotFound,
  experimentRuns,
  experimentState,
  experimentsNeedIt,
  modelIsDivided,
} from './errors/experiment-errors.ts';
export {
  idempotencyKeyBroken,
  idempotencyKeyInUse,
  idempotencyKeyOfOther,
} from './errors/idempotency-errors.ts';
export { poolExists, poolNotFound } from './errors/pool-errors.ts';
export { modelsInUse, providerExists, providerInUse, providerNotFound } from './errors/provider-errors.ts';
// The table: all that this service tells a caller, each group in a file by what it is about.
export {
  invalidFields,
  modelNotFound,
  nobodyDoes,
  notOffered,
  poolEmpty,
  requirementsConflict,
  tooManyRequests,
  tooSlow,
} from './errors/request-errors.ts';
