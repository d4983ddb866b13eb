import type { Provider } from '@switchyard/contracts/routing';
import type { FieldViolation } from '@switchyard/kernel';
import { findWireFormat } from '@switchyard/llm';
import { isCapability } from '../snapshot/capability.ts';
import { isRegion, REGIONS } from '../snapshot/region.ts';
import { baseUrlProblem, type HostRules } from './base-url.ts';

/** Everything that is wrong with a provider, by field; empty where it is in order. */
export function validateProvider(provider: Provider, hosts: HostRules): FieldViolation[] {
  const found: FieldViolation[] = [];
  const check = (holds: boolean, field: string, description: string) => {
    if (!holds) found.push({ field: `provider.${field}`, description });
  };
  check(/^[a-z0-9-]{1,64}$/.test(provider.id), 'id', 'must have 1 to 64 characters of a-z 0-9 -');
  check(provider.tenant.length <= 64, 'tenant', 'must have at most 64 characters');
  check(provider.displayName.length <= 128, 'display_name', 'must have at most 128 characters');
  check(
    findWireFormat(provider.wireFormat) !== undefined,
    'wire_format',
    'must be openai-chat, anthropic-messages or gemini',
  );
  check(
    provider.region === '' || isRegion(provider.region),
    'region',
    `must be one of ${REGIONS.join(', ')}`,
  );
  check(within(provider.priority, 0, 1_000_000), 'priority', 'must be from 0 to 1000000');
  check(within(provider.weight, 0, 1_000_000), 'weight', 'must be from 0 to 1000000');
  check(
    provider.tags.length <= 64 && provider.tags.every((tag) => tag.length <= 128),
    'tags',
    'at most 64, each at most 128 characters',
  );
  check(provider.models.length <= 10_000, 'models', 'must have at most 10000 models');
  provider.models.slice(0, 10_000).forEach(({ model, capabilities }, i) => {
    check(model.length > 0 && model.length <= 256, `models[${i}].model`, 'must have 1 to 256 characters');
    check(capabilities.every(isCapability), `models[${i}].capabilities`, 'has a name that is no capability');
  });
  for (const [name, value] of Object.entries(provider.timeLimits ?? {})) {
    if (typeof value === 'number')
      check(within(value, 1, 900_000), `time_limits.${name}`, 'must be from 1 to 900000');
  }
  const problem = baseUrlProblem(provider, hosts);
  check(problem === undefined, 'base_url', problem ?? '');
  return found;
}

const within = (value: number | undefined, min: number, max: number) =>
  value === undefined || (Number.isInteger(value) && value >= min && value <= max);
