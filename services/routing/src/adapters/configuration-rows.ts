import { randomBytes } from 'node:crypto';
import { Experiment, Pool, Provider } from '@switchyard/contracts/routing';
import type { Transaction } from '@switchyard/service-kit';

/** Providers that a transaction sees of a tenant and of the installation. */
export async function readProviders(transaction: Transaction, tenant: string): Promise<Provider[]> {
  const { rows } = await transaction.query<{ body: Buffer }>(
    `SELECT body FROM routing.providers WHERE tenant IN ($1, '') ORDER BY tenant, id`,
    [tenant],
  );
  return rows.map(({ body }) => Provider.decode(body));
}

/** Pools that a transaction sees of a tenant and of the installation. */
export async function readPools(transaction: Transaction, tenant: string): Promise<Pool[]> {
  const { rows } = await transaction.query<{ body: Buffer }>(
    `SELECT body FROM routing.pools WHERE tenant IN ($1, '') ORDER BY tenant, id`,
    [tenant],
  );
  return rows.map(({ body }) => Pool.decode(body));
}

/** All pools that a transaction sees. */
export async function readAllPools(transaction: Transaction): Promise<Pool[]> {
  const { rows } = await transaction.query<{ body: Buffer }>(
    'SELECT body FROM routing.pools ORDER BY tenant, id',
  );
  return rows.map(({ body }) => Pool.decode(body));
}

/** Experiments that a transaction sees of a tenant and of the installation. */
export async function readExperiments(transaction: Transaction, tenant: string): Promise<Experiment[]> {
  const { rows } = await transaction.query<{ body: Buffer }>(
    `SELECT body FROM routing.experiments WHERE tenant IN ($1, '') ORDER BY tenant, id`,
    [tenant],
  );
  return rows.map(({ body }) => Experiment.decode(body));
}

/** All experiments that a transaction sees and that say who answers. */
export async function readDecidingExperiments(transaction: Transaction): Promise<Experiment[]> {
  const { rows } = await transaction.query<{ body: Buffer }>(
    'SELECT body FROM routing.experiments WHERE decides ORDER BY tenant, id',
  );
  return rows.map(({ body }) => Experiment.decode(body));
}

/** Which object of the configuration, and which state of it. */
export interface ObjectAddress {
  readonly tenant: string;
  readonly id: string;
  /** '' for any. */
  readonly etag: string;
}

/** Which object, and who changes it. */
export interface AddressedChange extends ObjectAddress {
  /** Id of the key. */
  readonly actor: string;
}

/** Which object is updated, by whom, and what of it. */
export interface AddressedUpdate extends AddressedChange {
  /** Names of the fields. */
  readonly fields: readonly string[];
}

/** A tag that no state of an object had before. */
export const newEtag = (): string => randomBytes(9).toString('base64url');

/** Whether a statement failed because the key is taken. */
export const isTaken = (error: unknown): boolean => (error as { code?: string }).code === UNIQUE_VIOLATION;

const UNIQUE_VIOLATION = '23505';
