import { ProbeKind, type Provider, ProviderBatches } from '@switchyard/contracts/routing';
import { type FieldViolation, isTenantForm, snakeCase, TENANT_RULE } from '@switchyard/kernel';
import { AUTH_STYLES, findWireFormat, isAuthStyle, WIRE_FORMAT_IDS } from '@switchyard/llm';
import { checkLimits } from '../limits/check-limits.ts';
import type { Check } from '../request/validate-requirements.ts';
import { isCapability } from '../snapshot/capability.ts';
import { baseUrlProblem, type HostRules } from './base-url.ts';
import { checkHeaders } from './check-headers.ts';
import { checkReach, within } from './check-reach.ts';
import { validateEndpoints } from './validate-endpoints.ts';

/** Models of a provider of the installation, and of a tenant's. */
const MAX_MODELS = 10_000;
const MAX_TENANT_MODELS = 1_000;

const PROBE_KINDS: ReadonlySet<ProbeKind> = new Set([
  ProbeKind.UNSPECIFIED,
  ProbeKind.COMPLETION,
  ProbeKind.LIST_MODELS,
  ProbeKind.TCP_TLS,
]);

const BATCH_RULES: ReadonlySet<ProviderBatches> = new Set([
  ProviderBatches.UNSPECIFIED,
  ProviderBatches.ON,
  ProviderBatches.OFF,
]);

/** Everything that is wrong with a provider, by field; empty where it is in order. */
export function validateProvider(provider: Provider, hosts: HostRules): FieldViolation[] {
  const found: FieldViolation[] = [];
  const check: Check = (holds, field, description) => {
    if (!holds) found.push({ field: `provider.${field}`, description });
  };
  check(/^[a-z0-9-]{1,64}$/.test(provider.id), 'id', 'must have 1 to 64 characters of a-z 0-9 -');
  check(provider.tenant === '' || isTenantForm(provider.tenant), 'tenant', TENANT_RULE);
  check(provider.displayName.length <= 128, 'display_name', 'must have at most 128 characters');
  check(
    findWireFormat(provider.wireFormat) !== undefined,
    'wire_format',
    `must be one of ${WIRE_FORMAT_IDS.join(', ')}`,
  );
  check(
    provider.authStyle === '' || isAuthStyle(provider.authStyle),
    'auth_style',
    `must be one of ${AUTH_STYLES.join(', ')}`,
  );
  check(provider.catalogId.length <= 128, 'catalog_id', 'must have at most 128 characters');
  check(within(provider.priority, 0, 1_000_000), 'priority', 'must be from 0 to 1000000');
  checkReach(provider, check);
  checkProbeKind(provider, check);
  checkBatches(provider, check);
  checkHeaders(provider.headers, check);
  checkModels(provider, check);
  for (const [name, value] of Object.entries(provider.timeLimits ?? {})) {
    if (typeof value === 'number')
      check(within(value, 1, 900_000), `time_limits.${snakeCase(name)}`, 'must be from 1 to 900000');
  }
  const problem = baseUrlProblem(provider, hosts);
  check(problem === undefined, 'base_url', problem ?? '');
  checkLimits(provider.limits, check);
  validateEndpoints(provider, hosts, check);
  return found;
}

function checkBatches({ batches, wireFormat }: Provider, check: Check): void {
  check(BATCH_RULES.has(batches), 'batches', 'must be PROVIDER_BATCHES_ON or OFF');
  const cannot = batches === ProviderBatches.ON && findWireFormat(wireFormat)?.batches === undefined;
  check(!cannot, 'batches', `cannot be ON: there are none by the wire format ${wireFormat}`);
}

function checkProbeKind({ probeKind, wireFormat }: Provider, check: Check): void {
  check(PROBE_KINDS.has(probeKind), 'probe_kind', 'must be PROBE_KIND_COMPLETION, LIST_MODELS or TCP_TLS');
  const cannot = probeKind === ProbeKind.LIST_MODELS && findWireFormat(wireFormat)?.listModels === undefined;
  check(!cannot, 'probe_kind', `${wireFormat} has no list of models to ask for; take TCP_TLS`);
}

function checkModels({ tenant, models }: Provider, check: Check): void {
  const maxModels = tenant === '' ? MAX_MODELS : MAX_TENANT_MODELS;
  check(models.length <= maxModels, 'models', `must have at most ${maxModels} models`);
  const seen = new Set<string>();
  models.slice(0, maxModels).forEach(({ model, catalogModel, capabilities }, i) => {
    check(!seen.has(model), `models[${i}].model`, 'is given twice');
    seen.add(model);
    check(model.length > 0 && model.length <= 256, `models[${i}].model`, 'must have 1 to 256 characters');
    check(catalogModel.length <= 256, `models[${i}].catalog_model`, 'must have at most 256 characters');
    check(capabilities.length <= 64, `models[${i}].capabilities`, 'must be at most 64');
    check(capabilities.every(isCapability), `models[${i}].capabilities`, 'has a name that is no capability');
  });
}
