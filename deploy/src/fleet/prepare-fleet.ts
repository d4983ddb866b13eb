import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Catalog } from '@switchyard/llm';
import { bundledCatalog } from '@switchyard/llm/bundled-catalog';
import { type Identity, loadIdentity } from '../identity/identity.ts';
import { type Progress, silent, withProgress } from '../output/progress.ts';
import { type FoundProviders, findProviders } from '../providers/find-providers.ts';
import { freePortPlan } from '../settings/free-port-plan.ts';
import type { PortPlan } from '../settings/port-plan.ts';
import type { FleetOptions } from './fleet-options.ts';

/** What is known before anything runs. */
export interface Preparation {
  readonly stateDir: string;
  /** Removes the folder where it is a temporary one. */
  readonly removeStateDir: () => Promise<void>;
  readonly ports: PortPlan;
  readonly identity: Identity;
  readonly catalog: Catalog;
  readonly found: FoundProviders;
  readonly progress: Progress;
}

/** Settles what has to be known before the first process starts. @throws StartError, ConfigError */
export async function prepareFleet(options: FleetOptions): Promise<Preparation> {
  const { progress = silent } = options;
  const { stateDir, removeStateDir } = await openStateDir(options.stateDir);
  try {
    const ports = options.ports ?? (await freePortPlan());
    const identity = await loadIdentity(stateDir);
    const catalog = bundledCatalog();
    const found = await findAll(options, { catalog, progress });
    return { stateDir, removeStateDir, ports, identity, catalog, found, progress };
  } catch (error) {
    await removeStateDir();
    throw error;
  }
}

async function openStateDir(named: string | undefined) {
  if (named !== undefined) {
    await mkdir(named, { recursive: true });
    return { stateDir: named, removeStateDir: async () => {} };
  }
  const stateDir = await mkdtemp(join(tmpdir(), 'switchyard-fleet-'));
  // PostgreSQL started by root works under another account, which has to pass through.
  await chmod(stateDir, 0o711);
  return { stateDir, removeStateDir: () => rm(stateDir, { recursive: true, force: true, maxRetries: 3 }) };
}

async function findAll(
  { providers = { kind: 'simulated' } }: FleetOptions,
  { catalog, progress }: Pick<Preparation, 'catalog' | 'progress'>,
): Promise<FoundProviders> {
  switch (providers.kind) {
    case 'simulated':
    case 'none':
      return { providers: [], notes: [] };
    case 'environment': {
      const { env, localServers } = providers;
      const text = 'Looking for provider keys and local model servers';
      return withProgress({ progress, task: 'providers', text }, async () => {
        const found = await findProviders({
          env,
          catalog,
          ...(localServers === undefined ? {} : { localServers }),
        });
        const names = found.providers.map(({ displayName }) => displayName).join(', ');
        return {
          result: found,
          text: names === '' ? 'No provider key and no local model server' : `Found ${names}`,
        };
      });
    }
    default:
      return providers satisfies never;
  }
}
