import { type RequestContext, Requirements } from '@switchyard/contracts/routing';
import type { FieldReader } from '../field-reader.ts';
import { capabilityNamed, describeUnknownCapability } from './capability-aliases.ts';

const NAMES = { maxLength: 64, maxCharacters: 64 };
const MAX_INT32 = 0x7fff_ffff;
/** Nano-USD per million units have 15 places more than USD per unit. */
const PRICE_PLACES = 15;

/** `model_requirements`. */
export function decodeModelRequirements(body: FieldReader): Requirements | undefined {
  const reader = body.reader('model_requirements');
  if (reader === undefined) return undefined;
  reader.refuseOthers(['capabilities', 'max_cost_per_token', 'max_latency_ms', 'data_residency']);
  return Requirements.create({
    capabilities: decodeCapabilities(reader),
    maxPricePerMillionNanoUsd: decodePrice(reader),
    maxLatencyMs: reader.integer('max_latency_ms', { min: 1, max: MAX_INT32 }),
    residency: decodeResidency(reader),
  });
}

function decodeCapabilities(reader: FieldReader): string[] {
  return reader.strings('capabilities', NAMES).flatMap((name, index) => {
    const capability = capabilityNamed(name);
    if (capability !== undefined) return [capability];
    reader.refuse(`capabilities[${index}]`, describeUnknownCapability(name));
    return [];
  });
}

/** USD for one token, at most 1. Written out with all places, so that no digit is lost on the way to whole nano-USD. */
function decodePrice(reader: FieldReader): bigint | undefined {
  const price = reader.number('max_cost_per_token', { min: 0, max: 1 });
  return price === undefined ? undefined : BigInt(price.toFixed(PRICE_PLACES).replace('.', ''));
}

/** One region, or several that will do. */
function decodeResidency(reader: FieldReader): string[] {
  if (typeof reader.object.data_residency !== 'string') return reader.strings('data_residency', NAMES);
  return [reader.string('data_residency', NAMES.maxCharacters) ?? ''];
}

/** `context`. */
export function decodeRequestContext(body: FieldReader): RequestContext | undefined {
  const reader = body.reader('context');
  if (reader === undefined) return undefined;
  reader.refuseOthers(['agent_id', 'workflow_id', 'tenant_id']);
  return {
    agent: reader.string('agent_id', 128) ?? '',
    workflow: reader.string('workflow_id', 128) ?? '',
    tenant: reader.string('tenant_id', 128) ?? '',
    service: '',
  };
}
