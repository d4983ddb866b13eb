import { ServiceError } from '@switchyard/kernel';

/** Every error of this service, with its reason; those of the foundation (key, permission, database) come from there. */

/** All tenants, or the state of the ledger, were asked for with a tenant's key. */
export const installationKeyNeeded = (what: string): ServiceError =>
  new ServiceError({
    reason: 'INSTALLATION_KEY_NEEDED',
    code: 'PERMISSION_DENIED',
    publicMessage: `${what} is for keys of the installation; this key belongs to one tenant`,
  });

/** The service has started and has not been able to read or make a price book since. */
export const priceBookNotReady = (): ServiceError =>
  new ServiceError({
    reason: 'PRICE_BOOK_NOT_READY',
    code: 'UNAVAILABLE',
    publicMessage: 'there is no price book yet; try again',
    retryable: true,
    retryAfterMs: 1_000,
  });

/** A budget of this id is there already. */
export const budgetExists = (id: string): ServiceError =>
  new ServiceError({
    reason: 'BUDGET_EXISTS',
    code: 'ALREADY_EXISTS',
    publicMessage: `there is a budget ${id} already; change its limit, or take another id`,
    metadata: { budget: id },
  });

/** There is no such budget, or it is another tenant's. */
export const budgetNotFound = (id: string): ServiceError =>
  new ServiceError({
    reason: 'BUDGET_NOT_FOUND',
    code: 'NOT_FOUND',
    publicMessage: `there is no budget ${JSON.stringify(id)}`,
    metadata: { budget: id },
  });

/** A tenant, or the installation, has as many budgets as it may have. */
export const tooManyBudgets = (most: string): ServiceError =>
  new ServiceError({
    reason: 'TOO_MANY_BUDGETS',
    code: 'RESOURCE_EXHAUSTED',
    publicMessage: `there may be ${most} at the most; delete one that is not needed`,
  });

/** Statements have more lines than one file may. */
export const statementTooLarge = (most: number): ServiceError =>
  new ServiceError({
    reason: 'STATEMENT_TOO_LARGE',
    code: 'RESOURCE_EXHAUSTED',
    publicMessage: `statements have at most ${most} lines; take a shorter period, or nothing to divide tenants by`,
  });

/** There are terms of this id, or were. */
export const priceTermExists = (id: string): ServiceError =>
  new ServiceError({
    reason: 'PRICE_TERM_EXISTS',
    code: 'ALREADY_EXISTS',
    publicMessage: `there are price terms ${id} already, or were; take another id`,
    metadata: { term: id },
  });

/** There are no such terms, or they have ended. */
export const priceTermNotFound = (id: string): ServiceError =>
  new ServiceError({
    reason: 'PRICE_TERM_NOT_FOUND',
    code: 'NOT_FOUND',
    publicMessage: `there are no price terms ${JSON.stringify(id)} that hold or are yet to`,
    metadata: { term: id },
  });

/** There are as many terms as there may be. */
export const tooManyPriceTerms = (most: number): ServiceError =>
  new ServiceError({
    reason: 'TOO_MANY_PRICE_TERMS',
    code: 'RESOURCE_EXHAUSTED',
    publicMessage: `there may be ${most} price terms that hold or are yet to; end some that are not needed`,
  });

/** The ledger has more days of models in an invoice's time than are compared at once. */
export const invoiceTooLarge = (most: number): ServiceError =>
  new ServiceError({
    reason: 'INVOICE_TOO_LARGE',
    code: 'RESOURCE_EXHAUSTED',
    publicMessage: `at most ${most} days of models are compared at once; take an invoice of a shorter time`,
  });

/** A correction is of more calls than are corrected at once. */
export const tooManyToRerate = (most: number): ServiceError =>
  new ServiceError({
    reason: 'TOO_MANY_TO_RERATE',
    code: 'RESOURCE_EXHAUSTED',
    publicMessage: `at most ${most} calls are corrected at once; nothing was: take a shorter time, one tenant, or one model`,
  });

/** There are less than four days of usage before today. */
export const historyTooShort = (): ServiceError =>
  new ServiceError({
    reason: 'HISTORY_TOO_SHORT',
    code: 'FAILED_PRECONDITION',
    publicMessage: 'a forecast needs four days of usage before today',
  });

/** Nobody has ever spoken of such an outbox. */
export const outboxNotFound = (id: string): ServiceError =>
  new ServiceError({
    reason: 'OUTBOX_NOT_FOUND',
    code: 'NOT_FOUND',
    publicMessage: `there is no outbox ${JSON.stringify(id)}; \`switchyard costs outboxes\` lists them`,
    metadata: { outbox: id },
  });

/** An outbox that was closed lacks nothing: what it held returns by itself. */
export const outboxClosed = (id: string): ServiceError =>
  new ServiceError({
    reason: 'OUTBOX_CLOSED',
    code: 'FAILED_PRECONDITION',
    publicMessage: `outbox ${id} was closed: its last record is known, and what it held returns once the ledger has it`,
    metadata: { outbox: id },
  });

/** A replica speaks for an outbox: it is not lost. */
export const outboxInUse = (id: string, replica: string): ServiceError =>
  new ServiceError({
    reason: 'OUTBOX_IN_USE',
    code: 'FAILED_PRECONDITION',
    publicMessage: `replica ${replica} has spoken for outbox ${id} in the last 5 minutes: it is not lost`,
    metadata: { outbox: id, replica },
  });

/** What must be written down cannot be: nothing was changed. */
export const auditUnavailable = (cause: unknown): ServiceError =>
  new ServiceError({
    reason: 'AUDIT_UNAVAILABLE',
    code: 'UNAVAILABLE',
    publicMessage: 'the audit log cannot be written now; nothing was changed, try again',
    retryable: true,
    retryAfterMs: 1_000,
    cause,
  });
