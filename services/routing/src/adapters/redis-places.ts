import { createHash } from 'node:crypto';

/**
 * Where a tenant's answers, and what is known of their questions, lie in Redis: all in one slot of a cluster, which puts what is alike in
 * braces together; names of tenants hold no braces. Names of questions are there as digests alone.
 */
export class RedisPlaces {
  readonly #prefix: string;

  /** @param prefix of everything that the installation has in Redis */
  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** The answers of a tenant, by when each ends. */
  index = (tenant: string): string => `${this.#of(tenant)}:index`;

  /** @param digest of the question's name */
  answer = (tenant: string, digest: string): string => `${this.#of(tenant)}:${digest}`;

  /** The vector of a question. @param digest of its name */
  vector = (tenant: string, digest: string): string => `${this.#of(tenant)}:vector:${digest}`;

  /** The questions of a scope, by when each ends. @param digest of the scope */
  scope = (tenant: string, digest: string): string => `${this.#of(tenant)}:scope:${digest}`;

  #of(tenant: string): string {
    return `${this.#prefix}:cache:{${tenant}}`;
  }
}

/** What is stored of a name. */
export const digestOf = (name: string): string => createHash('sha256').update(name).digest('hex');

/** @throws what a command of a pipeline failed by */
export function resultOf([error, value]: [Error | null, unknown]): unknown {
  if (error !== null) throw error;
  return value;
}
