import { ServiceError } from '@switchyard/kernel';

/** Every failure of this service besides those of service-kit. */

export const providerNotFound = () =>
  new ServiceError({
    reason: 'PROVIDER_NOT_FOUND',
    code: 'NOT_FOUND',
    publicMessage: 'there is no such provider, or the key may not see it',
  });

export const tooManyWatchers = (max: number) =>
  new ServiceError({
    reason: 'TOO_MANY_WATCHERS',
    code: 'RESOURCE_EXHAUSTED',
    publicMessage: 'as many callers watch as this replica allows; try another replica or list instead',
    retryable: true,
    retryAfterMs: 1_000,
    metadata: { max_watchers: String(max) },
  });

export const testNotAllowed = () =>
  new ServiceError({
    reason: 'TEST_NOT_ALLOWED',
    code: 'PERMISSION_DENIED',
    publicMessage:
      "tests of the installation's providers are made by a key of the installation, which pays for them",
  });

export const modelNotOffered = () =>
  new ServiceError({
    reason: 'MODEL_NOT_FOUND',
    code: 'NOT_FOUND',
    publicMessage: 'the provider offers no such model; ListModels of routing says which there are',
  });

export const tooManyTests = (max: number) =>
  new ServiceError({
    reason: 'TOO_MANY_TESTS',
    code: 'RESOURCE_EXHAUSTED',
    publicMessage: 'as many providers are being tested as this replica allows; try again when one has ended',
    retryable: true,
    retryAfterMs: 2_000,
    metadata: { max_tests: String(max) },
  });

export const probingNotAllowed = () =>
  new ServiceError({
    reason: 'PROBING_NOT_ALLOWED',
    code: 'PERMISSION_DENIED',
    publicMessage:
      "how the installation's providers are probed is set by a key of the installation, which pays for it",
  });

export const alertRuleNotFound = () =>
  new ServiceError({
    reason: 'ALERT_RULE_NOT_FOUND',
    code: 'NOT_FOUND',
    publicMessage: 'there is no such rule; ListAlertRules says which there are',
  });

export const tooManyAlertRules = () =>
  new ServiceError({
    reason: 'TOO_MANY_ALERT_RULES',
    code: 'RESOURCE_EXHAUSTED',
    publicMessage: 'there are as many rules as there may be of one owner; remove some',
  });

export const receiverNotFound = () =>
  new ServiceError({
    reason: 'RECEIVER_NOT_FOUND',
    code: 'NOT_FOUND',
    publicMessage: 'there is no such receiver; ListReceivers says which there are',
  });

export const receiverInUse = (rule: string) =>
  new ServiceError({
    reason: 'RECEIVER_IN_USE',
    code: 'FAILED_PRECONDITION',
    publicMessage: 'a rule names this receiver; take it out of the rule first',
    metadata: { rule },
  });

export const tooManyReceivers = () =>
  new ServiceError({
    reason: 'TOO_MANY_RECEIVERS',
    code: 'RESOURCE_EXHAUSTED',
    publicMessage: 'there are as many receivers as there may be of one owner; remove some',
  });
