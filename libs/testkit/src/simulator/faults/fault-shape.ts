import {
  anything,
  choice,
  decimal,
  either,
  flag,
  integer,
  list,
  record,
  required,
  type Shape,
  tagged,
  text,
} from '../shape/shape.ts';

const ms = decimal({ min: 0, max: 600_000 });

/** The form of `Distribution`. */
export const distributionShape: Shape = either(
  ms,
  tagged('kind', {
    uniform: record({ minMs: required(ms), maxMs: required(ms) }),
    exponential: record({ meanMs: required(ms) }),
    lognormal: record({ medianMs: required(ms), sigma: required(decimal({ min: 0, max: 3 })) }),
  }),
);

/** The form of `LatencyOptions`. */
export const latencyShape: Shape = record({
  firstTokenMs: distributionShape,
  perTokenMs: distributionShape,
});

/** The form of `LatencySetting`. */
export const latencySettingShape: Shape = record({
  provider: required(text()),
  latency: required(latencyShape),
});

const afterChunks = integer({ min: 0, max: 1_000_000 });
const seconds = decimal({ min: 0, max: 1_000_000 });
const retryAfter = either(
  seconds,
  record({
    form: required(choice('seconds', 'http-date', 'ms', 'body')),
    seconds: required(seconds),
  }),
);

const fault = tagged('type', {
  status: record({
    status: required(integer({ min: 400, max: 599 })),
    retryAfter,
    body: anything,
    errorType: text(),
  }),
  stall: record({ afterChunks, forMs: integer({ min: 1, max: 600_000 }) }),
  truncate: record({
    afterChunks,
    afterBytes: integer({ min: 0, max: 1_000_000_000 }),
    ending: choice('clean', 'cut'),
  }),
  garbage: record({ afterChunks }),
  reset: record({ afterChunks }),
  'slow-bytes': record({ bytesPerSecond: integer({ min: 1, max: 1_000_000 }) }),
  'error-event': record({
    afterChunks,
    errorType: text(),
    message: text(),
    framing: choice('raw', 'event'),
  }),
  'wrong-content-type': record({ contentType: text({ maxLength: 200, pattern: /^[\x20-\x7e]+$/ }) }),
  delay: record({ firstTokenMs: distributionShape, perTokenMs: distributionShape }),
  'omit-usage': record({}),
});

/** The form of a list of `FaultRule`. */
export const faultRulesShape: Shape = list(
  record({
    match: record({ model: text(), stream: flag }),
    probability: decimal({ min: 0, max: 1 }),
    after: integer({ min: 0 }),
    count: integer({ min: 1 }),
    fault: required(fault),
  }),
  { max: 100 },
);

/** The form of `BatchOptions`. */
export const batchesShape: Shape = record({
  processMs: integer({ min: 0, max: 86_400_000 }),
  expireAfterLines: integer({ min: 0, max: 100_000 }),
  failWith: text({ maxLength: 64 }),
  dropCreated: integer({ min: 0, max: 1_000 }),
  answerAfterMs: integer({ min: 0, max: 600_000 }),
  failures: list(
    record({
      on: required(choice('upload', 'create', 'list', 'get', 'cancel', 'content')),
      status: required(integer({ min: 400, max: 599 })),
      count: integer({ min: 1, max: 1_000 }),
    }),
    { max: 100 },
  ),
});

/** The form of `BatchSetting`. */
export const batchSettingShape: Shape = record({
  provider: required(text()),
  batches: required(batchesShape),
});

/** The form of `FaultSetting`. */
export const faultSettingShape: Shape = record({
  provider: required(text()),
  rules: required(faultRulesShape),
});
