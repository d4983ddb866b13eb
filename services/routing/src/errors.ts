import type { Pool } from '@switchyard/contracts/routing';
import { type FieldViolation, ServiceError } from '@switchyard/kernel';
import type { ProviderError } from '@switchyard/llm';
import type { Choice } from './domain/decide/decide.ts';

/** Domain of ErrorInfo for every error of this service. */
export const ERROR_DOMAIN = 'switchyard.routing';

/** Usage cannot be written down, so nothing may be spent. */
export const outboxFull = (why: string, cause?: unknown): ServiceError =>
  new ServiceError({
    reason: 'OUTBOX_FULL',
    code: 'UNAVAILABLE',
    publicMessage: `no request is admitted now: ${why}; free disk space or restore cost-accounting, then try again`,
    retryable: true,
    retryAfterMs: 5_000,
    cause,
  });

/** A feature that a later version brings: refused by name, never ignored. */
export const notOffered = (field: string): ServiceError =>
  new ServiceError({
    reason: 'NOT_OFFERED',
    code: 'UNIMPLEMENTED',
    publicMessage: `${field} is not offered yet; leave it out`,
    metadata: { field },
    violations: [{ field, description: 'is not offered yet; leave it out' }],
  });

/** Fields that are wrong. */
export const invalidFields = (violations: readonly FieldViolation[]): ServiceError =>
  new ServiceError({
    reason: 'INVALID_ARGUMENT',
    code: 'INVALID_ARGUMENT',
    publicMessage: violations
      .slice(0, 5)
      .map(({ field, description }) => `${field}: ${description}`)
      .join('; '),
    violations: violations.slice(0, 100),
  });

/** No provider offers the model, and no pool has the name. */
export function modelNotFound(
  model: string,
  {
    near,
    insteadOf = model,
  }: {
    readonly near: readonly string[];
    /** The name that was asked for, where an experiment has put the model in its place. */
    readonly insteadOf?: string;
  },
): ServiceError {
  const hint = near.length === 0 ? '' : `did you mean ${near.join(' or ')}? `;
  const why =
    insteadOf === model ? '' : `, which an experiment has put in place of ${JSON.stringify(insteadOf)}`;
  return new ServiceError({
    reason: 'MODEL_NOT_FOUND',
    code: 'NOT_FOUND',
    publicMessage: `no configured provider offers the model ${JSON.stringify(model)}${why}, and no pool has the name; ${hint}ListModels (GET /v1/models) tells which are offered`,
    metadata: { model, ...(near.length === 0 ? {} : { near: near.join(', ') }) },
    violations: [{ field: 'model', description: 'no configured provider offers it' }],
  });
}

/** A tenant, or the installation, has as many objects of a kind as it may have. */
export const tooManyObjects = ({
  tenant,
  kind,
  max,
}: {
  tenant: string;
  kind: string;
  max: number;
}): ServiceError =>
  new ServiceError({
    reason: 'TOO_MANY_OBJECTS',
    code: 'RESOURCE_EXHAUSTED',
    publicMessage: `${tenant === '' ? 'the installation' : `tenant ${tenant}`} may have ${max} ${kind}; remove one that is not needed`,
    metadata: { kind, max: String(max) },
  });

/** What the database has cannot be used as a whole. */
export const unusableConfiguration = (why: string, cause?: unknown): ServiceError =>
  new ServiceError({
    reason: UNUSABLE_CONFIGURATION,
    code: 'FAILED_PRECONDITION',
    publicMessage: `the configuration cannot be used: ${why}`,
    cause,
  });

/** Whether an error is one of {@link unusableConfiguration}. */
export const isUnusableConfiguration = (error: unknown): boolean =>
  error instanceof ServiceError && error.reason === UNUSABLE_CONFIGURATION;

const UNUSABLE_CONFIGURATION = 'UNUSABLE_CONFIGURATION';

/** A pool's members are configured no more, or never were visible to the caller. */
export const poolEmpty = (pool: string): ServiceError =>
  new ServiceError({
    reason: 'POOL_EMPTY',
    code: 'FAILED_PRECONDITION',
    publicMessage: `none of the members of the pool ${pool} is offered now; its members, or the models of their providers, need to be changed`,
    metadata: { pool },
    violations: [{ field: 'model', description: 'none of its members is offered' }],
  });

/** What the request requires and what its pool or a policy requires exclude each other. */
export const requirementsConflict = (conflicts: readonly FieldViolation[]): ServiceError =>
  new ServiceError({
    reason: 'REQUIREMENTS_CONFLICT',
    code: 'FAILED_PRECONDITION',
    publicMessage: conflicts.map(({ field, description }) => `${field}: ${description}`).join('; '),
    violations: conflicts,
  });

/** Most candidates that an error tells of. */
const TOLD_CANDIDATES = 20;

/** And how many of them the message names. */
const NAMED_CANDIDATES = 3;

/** Candidates there are, but none fits: the metadata tells for each one why. */
export function noCandidate(requestId: string, choice: Choice): ServiceError {
  const passing = choice.excluded.some(({ exclusions }) =>
    exclusions.every(
      ({ constraint }) => constraint === 'breaker' || constraint === 'health' || constraint === 'maintenance',
    ),
  );
  const told = choice.excluded.slice(0, TOLD_CANDIDATES);
  const reasons = told.map(({ offering, exclusions }) => [
    `${offering.provider.id}/${offering.model}`,
    exclusions.map(({ constraint, detail }) => `${constraint}: ${detail}`).join('; '),
  ]);
  // One for each reason: many models of a provider fail alike.
  const different = new Map(reasons.map((reason) => [reason[1], reason]));
  const examples = [...different.values().take(NAMED_CANDIDATES)].map((reason) => `; ${reason.join(': ')}`);
  return new ServiceError({
    reason: 'NO_CANDIDATE',
    code: passing ? 'UNAVAILABLE' : 'FAILED_PRECONDITION',
    publicMessage: `none of ${choice.excluded.length + choice.unseen} candidates fits${examples.join('')}`,
    retryable: passing,
    ...(passing ? { retryAfterMs: 5_000 } : {}),
    metadata: { ...Object.fromEntries(reasons), request_id: requestId },
  });
}

/** gRPC code for what a provider's last error means to the caller. */
function codeOf(error: ProviderError): ServiceError['code'] {
  switch (error.class) {
    case 'invalid_request':
    case 'context_length':
    case 'content_filter':
      return 'INVALID_ARGUMENT';
    case 'rate_limited':
    case 'quota':
      return 'RESOURCE_EXHAUSTED';
    case 'timeout':
      return 'DEADLINE_EXCEEDED';
    default:
      return 'UNAVAILABLE';
  }
}

/** Where a failed request was tried. */
export interface FailedRequest {
  readonly requestId: string;
  readonly provider: string;
  readonly model: string;
  readonly attempts: number;
  readonly error: ProviderError;
}

/** Every candidate that was tried failed; the last error decides the code. */
export function allFailed({ requestId, provider, model, attempts, error }: FailedRequest): ServiceError {
  const code = codeOf(error);
  const said = error.messageForCaller ?? error.detail;
  return new ServiceError({
    reason: `PROVIDER_${error.class.toUpperCase()}`,
    code,
    publicMessage: `${attempts === 1 ? '' : `all ${attempts} providers that were tried failed; the last, `}${provider} (${model}): ${said}`,
    retryable: code === 'UNAVAILABLE' || code === 'RESOURCE_EXHAUSTED',
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
    metadata: {
      request_id: requestId,
      provider,
      model,
      error_class: error.class,
      attempts: String(attempts),
    },
  });
}

/** The caller's deadline passed before there was an answer. */
export const deadlinePassed = (requestId: string): ServiceError =>
  new ServiceError({
    reason: 'DEADLINE_EXCEEDED',
    code: 'DEADLINE_EXCEEDED',
    publicMessage: "the caller's deadline passed before a provider had answered",
    metadata: { request_id: requestId },
  });

/** The caller went away. */
export const callerGone = (requestId: string): ServiceError =>
  new ServiceError({
    reason: 'CANCELLED',
    code: 'CANCELLED',
    publicMessage: 'the caller went away',
    metadata: { request_id: requestId },
  });

/** No such decision in the caller's tenant. */
export const decisionNotFound = (requestId: string): ServiceError =>
  new ServiceError({
    reason: 'DECISION_NOT_FOUND',
    code: 'NOT_FOUND',
    publicMessage: `there is no decision of request ${requestId} in this tenant; it may be older than decisions are kept, or was not sampled`,
    metadata: { request_id: requestId },
  });

/** No such provider for this caller. */
export const providerNotFound = (id: string): ServiceError =>
  new ServiceError({
    reason: 'PROVIDER_NOT_FOUND',
    code: 'NOT_FOUND',
    publicMessage: `there is no provider ${id}`,
    metadata: { provider: id },
  });

/** The id is taken. */
export const providerExists = (id: string): ServiceError =>
  new ServiceError({
    reason: 'PROVIDER_EXISTS',
    code: 'ALREADY_EXISTS',
    publicMessage: `there is a provider ${id} already; update it, or take another id`,
    metadata: { provider: id },
  });

/** Pools name it, and would be left without it. */
export function providerInUse(id: string, pools: readonly Pool[]): ServiceError {
  const names = pools.map((pool) => (pool.tenant === '' ? pool.id : `${pool.id} (tenant ${pool.tenant})`));
  return new ServiceError({
    reason: 'PROVIDER_IN_USE',
    code: 'FAILED_PRECONDITION',
    publicMessage: `provider ${id} is a member of ${names.slice(0, 20).join(', ')}${names.length > 20 ? ', …' : ''}; take it out of there first, or disable it`,
    metadata: { provider: id, pools: names.slice(0, 100).join(', ') },
  });
}

/** Somebody else changed it in between. */
export const etagMismatch = (what: string): ServiceError =>
  new ServiceError({
    reason: 'ETAG_MISMATCH',
    code: 'ABORTED',
    publicMessage: `${what} has changed since it was read; read it again and repeat the change`,
  });

/** No such pool for this caller. */
export const poolNotFound = (id: string): ServiceError =>
  new ServiceError({
    reason: 'POOL_NOT_FOUND',
    code: 'NOT_FOUND',
    publicMessage: `there is no pool ${id}`,
    metadata: { pool: id },
  });

/** The id is taken. */
export const poolExists = (id: string): ServiceError =>
  new ServiceError({
    reason: 'POOL_EXISTS',
    code: 'ALREADY_EXISTS',
    publicMessage: `there is a pool ${id} already; update it, or take another id`,
    metadata: { pool: id },
  });

/** No such experiment for this caller. */
export const experimentNotFound = (id: string): ServiceError =>
  new ServiceError({
    reason: 'EXPERIMENT_NOT_FOUND',
    code: 'NOT_FOUND',
    publicMessage: `there is no experiment ${id}`,
    metadata: { experiment: id },
  });

/** The id is taken. */
export const experimentExists = (id: string): ServiceError =>
  new ServiceError({
    reason: 'EXPERIMENT_EXISTS',
    code: 'ALREADY_EXISTS',
    publicMessage: `there is an experiment ${id} already; take another id, or delete it first`,
    metadata: { experiment: id },
  });

/** It stands where it cannot be changed so. @param why the end of the sentence, with what can be done */
export const experimentState = (id: string, why: string): ServiceError =>
  new ServiceError({
    reason: 'EXPERIMENT_STATE',
    code: 'FAILED_PRECONDITION',
    publicMessage: `the experiment ${id} ${why}`,
    metadata: { experiment: id },
  });

/** It cannot be removed while it divides requests. */
export const experimentRuns = (id: string): ServiceError =>
  new ServiceError({
    reason: 'EXPERIMENT_RUNS',
    code: 'FAILED_PRECONDITION',
    publicMessage: `the experiment ${id} runs; stop it first`,
    metadata: { experiment: id },
  });

/** Another experiment divides the same name. */
export const modelIsDivided = (
  model: string,
  { id, by }: { readonly id: string; readonly by: string },
): ServiceError =>
  new ServiceError({
    reason: 'MODEL_IS_DIVIDED',
    code: 'FAILED_PRECONDITION',
    publicMessage: `the experiment ${id} cannot start: the experiment ${by} runs for ${model} already; stop it or promote one of its variants first`,
    metadata: { experiment: id, model, running: by },
  });

/** Something of the installation is to be changed with a key of a tenant. */
export const installationKeyNeeded = (what: string, tenant: string): ServiceError =>
  new ServiceError({
    reason: 'INSTALLATION_KEY_NEEDED',
    code: 'PERMISSION_DENIED',
    publicMessage: `a ${what} of the installation needs a key of the installation; set tenant to ${tenant} for one of your own`,
  });

/** No such tenant for this caller. */
export const tenantNotFound = (): ServiceError =>
  new ServiceError({
    reason: 'TENANT_NOT_FOUND',
    code: 'NOT_FOUND',
    publicMessage: 'there is no such tenant, or the key may not act for it',
  });
