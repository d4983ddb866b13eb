import { batchesShape, faultRulesShape, latencyShape } from '../faults/fault-shape.ts';
import {
  choice,
  decimal,
  either,
  integer,
  list,
  record,
  required,
  type Shape,
  tagged,
  text,
} from '../shape/shape.ts';
import { WIRE_FORMAT_NAMES } from './simulator-options.ts';

const port = integer({ min: 0, max: 65_535 });
const name = text({ pattern: /^.{1,200}$/ });

const cache = tagged('mode', {
  prefix: record({
    minTokens: integer({ min: 1, max: 1_000_000 }),
    ttlMs: integer({ min: 1, max: 86_400_000 }),
    maxPrefixes: integer({ min: 1, max: 1_000_000 }),
  }),
  ratio: record({ ratio: required(decimal({ min: 0, max: 1 })) }),
  off: record({}),
});

const model = record({
  name: required(name),
  contextTokens: integer({ min: 1, max: 100_000_000 }),
  maxOutputTokens: integer({ min: 1, max: 1_000_000 }),
  reasoning: choice('on-request', 'never', 'always'),
});

const provider = record({
  name: required(text({ pattern: /^[a-z0-9][a-z0-9-]{0,39}$/ })),
  format: required(choice(...WIRE_FORMAT_NAMES)),
  port,
  apiKeys: list(text({ pattern: /^\S{1,1000}$/ }), { min: 1, max: 10_000 }),
  serviceAccounts: list(
    record({ clientEmail: required(name), publicKey: required(text({ maxLength: 10_000 })) }),
    {
      min: 1,
      max: 100,
    },
  ),
  models: either(choice('any'), list(model, { min: 1, max: 1_000 })),
  latency: latencyShape,
  cache,
  answerTokens: integer({ min: 1, max: 100_000 }),
  tokensPerChunk: integer({ min: 1, max: 1_000 }),
  unknownFields: choice('refuse', 'ignore'),
  faults: faultRulesShape,
  batches: batchesShape,
});

/** The form of `SimulatorOptions`. */
export const optionsShape: Shape = record({
  host: text({ pattern: /^\S{1,253}$/ }),
  port,
  seed: integer(),
  providers: list(provider, { min: 1, max: 64 }),
  maxBodyBytes: integer({ min: 1_024, max: 268_435_456 }),
  attemptLogSize: integer({ min: 1, max: 5_000_000 }),
  maxConnections: integer({ min: 1, max: 100_000 }),
  controlToken: text({ pattern: /^\S{1,1000}$/ }),
});
