import type {
  ProbeSettings as Given,
  SetProbingRequest,
  SetProbingResponse,
} from '@switchyard/contracts/health';
import { invalidArgument } from '@switchyard/kernel';
import { actingTenant, type UnaryHandler } from '@switchyard/service-kit';
import type { ProbeSettings } from '../domain/probe-settings.ts';
import { probingNotAllowed, providerNotFound } from '../errors.ts';
import type { ProbingStore } from '../ports.ts';
import type { HealthTable } from '../runtime/health-table.ts';
import { type ProbingFigures, probingMessage } from './probing-message.ts';

const MIN_INTERVAL_MS = 100;
const MAX_INTERVAL_MS = 86_400_000;
/** Largest of the column. */
const MAX_PROBES = 2 ** 31 - 1;

/** What settings are written with. */
export interface SettingParts extends ProbingFigures {
  readonly table: HealthTable;
  readonly probingStore: ProbingStore;
}

/** Sets how a provider is probed; what is left out gets its default. */
export function setProbing({
  table,
  probingStore,
  ...figures
}: SettingParts): UnaryHandler<SetProbingRequest, SetProbingResponse> {
  return async ({ provider, tenant, settings }, { principal }) => {
    if (provider === '') throw invalidArgument({ field: 'provider', description: 'is required' });
    const owner = tenant === '' ? '' : actingTenant(principal, tenant);
    if (table.get({ tenant: owner, provider }) === undefined) throw providerNotFound();
    if (owner === '' && !principal.installation) throw probingNotAllowed();
    const read = readSettings(settings);
    await probingStore.put({ tenant: owner, provider, ...read });
    await figures.plan.refresh();
    return { probing: probingMessage({ tenant: owner, provider }, figures) };
  };
}

function readSettings(given: Given | undefined): Omit<ProbeSettings, 'tenant' | 'provider'> {
  const { active = true, idleIntervalMs, maxProbesPerDay, maxNanoUsdPerDay } = given ?? {};
  if (
    idleIntervalMs !== undefined &&
    !(idleIntervalMs >= MIN_INTERVAL_MS && idleIntervalMs <= MAX_INTERVAL_MS)
  ) {
    throw invalidArgument({
      field: 'settings.idle_interval_ms',
      description: `must be from ${MIN_INTERVAL_MS} to ${MAX_INTERVAL_MS}`,
    });
  }
  if (maxProbesPerDay !== undefined && maxProbesPerDay > MAX_PROBES)
    throw invalidArgument({
      field: 'settings.max_probes_per_day',
      description: `must be at most ${MAX_PROBES}`,
    });
  if (maxNanoUsdPerDay !== undefined && maxNanoUsdPerDay < 0n)
    throw invalidArgument({ field: 'settings.max_nano_usd_per_day', description: 'must be from 0' });
  return { isActive: active, idleIntervalMs, maxProbesPerDay, maxNanoUsdPerDay };
}
