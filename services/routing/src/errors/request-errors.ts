import { type FieldViolation, ServiceError } from '@switchyard/kernel';

/** A feature that a later version brings: refused by name, never ignored. */
export const notOffered = (field: string): ServiceError =>
  new ServiceError({
    reason: 'NOT_OFFERED',
    code: 'UNIMPLEMENTED',
    publicMessage: `${field} is not offered yet; leave it out`,
    metadata: { field },
    violations: [{ field, description: 'is not offered yet; leave it out' }],
  });

/** More requests than this replica takes at once, and none that is less urgent. */
export const tooManyRequests = (priority: string): ServiceError =>
  new ServiceError({
    reason: 'TOO_MANY_REQUESTS',
    code: 'RESOURCE_EXHAUSTED',
    publicMessage: `too many requests are under way here, and nothing less urgent than this (priority ${priority}) waits; try again in a moment, or run more replicas`,
    retryable: true,
    retryAfterMs: 1_000,
  });

/** This replica does not keep up with the work it has. */
export const tooSlow = (priority: string): ServiceError =>
  new ServiceError({
    reason: 'OVERLOADED',
    code: 'UNAVAILABLE',
    publicMessage: `this replica does not keep up with its work, and takes on nothing of priority ${priority} now; try again in a moment, or run more replicas`,
    retryable: true,
    retryAfterMs: 1_000,
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

/** What the request requires and what its pool or a policy requires exclude each other. */
export const requirementsConflict = (conflicts: readonly FieldViolation[]): ServiceError =>
  new ServiceError({
    reason: 'REQUIREMENTS_CONFLICT',
    code: 'FAILED_PRECONDITION',
    publicMessage: `${conflicts.map(({ field, description }) => `${field}: ${description}`).join('; ')}; ask for what all of them allow, or change the pool or the policy`,
    violations: conflicts,
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

/** Nothing was named, and no configured model does this kind of work. */
export const nobodyDoes = (capability: string): ServiceError =>
  new ServiceError({
    reason: 'MODEL_NOT_FOUND',
    code: 'NOT_FOUND',
    publicMessage: `no configured provider offers a model with the capability ${capability}; configure one that does, or declare it in the provider's models (models[].capabilities)`,
    metadata: { capability },
    violations: [{ field: 'model', description: `no configured provider offers one with ${capability}` }],
  });

/** A pool's members are configured no more, or never were visible to the caller. */
export const poolEmpty = (pool: string): ServiceError =>
  new ServiceError({
    reason: 'POOL_EMPTY',
    code: 'FAILED_PRECONDITION',
    publicMessage: `none of the members of the pool ${pool} is offered now; change its members, or add their models to \`models\` of the providers`,
    metadata: { pool },
    violations: [{ field: 'model', description: 'none of its members is offered' }],
  });
