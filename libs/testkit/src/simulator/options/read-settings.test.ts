import { describe, expect, test } from 'vitest';
import { readFaultSetting, readLatencySetting, readOptions } from './read-settings.ts';
import { SimulatorOptionsError } from './simulator-options-error.ts';

function issuesOf(read: () => unknown) {
  try {
    read();
  } catch (error) {
    if (error instanceof SimulatorOptionsError) return error.issues;
    throw error;
  }
  return [];
}

const rule = (fault: unknown) => ({ provider: 'p', rules: [{ fault }] });

describe('fault settings', () => {
  test.each([
    [{ type: 'status', status: 503, retryAfter: { form: 'http-date', seconds: 2 } }],
    [{ type: 'stall', afterChunks: 2 }],
    [{ type: 'truncate', afterBytes: 10, ending: 'cut' }],
    [{ type: 'garbage' }],
    [{ type: 'reset' }],
    [{ type: 'slow-bytes', bytesPerSecond: 5 }],
    [{ type: 'error-event', errorType: 'x' }],
    [{ type: 'wrong-content-type' }],
    [{ type: 'delay', firstTokenMs: { kind: 'exponential', meanMs: 5 } }],
    [{ type: 'omit-usage' }],
  ])('accept %j', (fault) => {
    expect(issuesOf(() => readFaultSetting(rule(fault)))).toEqual([]);
  });

  test.each([
    [null, '(document)'],
    [{ rules: [] }, 'provider'],
    [{ provider: 'p' }, 'rules'],
    [{ provider: 'p', rules: [{}] }, 'rules[0].fault'],
    [{ provider: 'p', rules: [{ fault: {} }] }, 'rules[0].fault.type'],
    [rule({ type: 'explode' }), 'rules[0].fault.type'],
    [rule({ type: 'status' }), 'rules[0].fault.status'],
    [rule({ type: 'status', status: 200 }), 'rules[0].fault.status'],
    [rule({ type: 'status', status: 429, retryAfter: 'soon' }), 'rules[0].fault.retryAfter'],
    [rule({ type: 'reset', afterChunk: 1 }), 'rules[0].fault.afterChunk'],
    [rule({ type: 'slow-bytes', bytesPerSecond: 0 }), 'rules[0].fault.bytesPerSecond'],
    [{ provider: 'p', rules: [{ probability: 2, fault: { type: 'reset' } }] }, 'rules[0].probability'],
    [{ provider: 'p', rules: [{ match: { modle: 'x' }, fault: { type: 'reset' } }] }, 'rules[0].match.modle'],
    [
      rule({ type: 'delay', firstTokenMs: { kind: 'uniform', minMs: 5, maxMs: 1 } }),
      'rules[0].fault.firstTokenMs.minMs',
    ],
    [rule({ type: 'wrong-content-type', contentType: 'a\r\nb: c' }), 'rules[0].fault.contentType'],
  ])('%j is refused by the name of the field', (setting, field) => {
    expect(issuesOf(() => readFaultSetting(setting))).toMatchObject([{ field }]);
  });
});

test('latency settings are refused by the name of the field', () => {
  expect(issuesOf(() => readLatencySetting({ provider: 'p', latency: { firstTokenMs: -1 } }))).toMatchObject([
    { field: 'latency.firstTokenMs' },
  ]);
});

describe('options', () => {
  const provider = { name: 'one', format: 'gemini' };
  test.each([
    [{ port: 70_000 }, 'port'],
    [{ providers: [] }, 'providers'],
    [{ providers: [{ ...provider, name: 'No' }] }, 'providers[0].name'],
    [{ providers: [{ ...provider, name: 'control' }] }, 'providers[0].name'],
    [{ providers: [provider, provider] }, 'providers[1].name'],
    [{ providers: [{ ...provider, format: 'soap' }] }, 'providers[0].format'],
    [{ providers: [{ ...provider, apiKeys: [''] }] }, 'providers[0].apiKeys[0]'],
    [{ providers: [{ ...provider, models: [] }] }, 'providers[0].models'],
    [{ providers: [{ ...provider, models: 'all' }] }, 'providers[0].models'],
    [{ providers: [{ ...provider, cache: { mode: 'ratio', ratio: 2 } }] }, 'providers[0].cache.ratio'],
    [{ colour: 'red' }, 'colour'],
  ])('%j is refused by the name of the field', (options, field) => {
    expect(issuesOf(() => readOptions(options))).toMatchObject([{ field }]);
  });
});
