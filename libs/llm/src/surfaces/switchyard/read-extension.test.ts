import { HedgeUse, Strategy } from '@switchyard/contracts/routing';
import { expect, test } from 'vitest';
import { decodeChatRequest } from '../openai-chat/decode-request.ts';
import type { CallerHeaders } from '../surface.ts';

const HELLO = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] };
const decoded = (headers: CallerHeaders, switchyard?: object) => {
  const result = decodeChatRequest({ ...HELLO, switchyard }, headers);
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value.request;
};
const wrong = (headers: CallerHeaders, switchyard?: object): string[] => {
  const result = decodeChatRequest({ ...HELLO, switchyard }, headers);
  return result.ok ? [] : result.error.map(({ field }) => field);
};

test('every header has its place', () => {
  const request = decoded({
    'x-switchyard-agent': 'a',
    'x-switchyard-workflow': 'w',
    'x-switchyard-service': 's',
    'x-switchyard-tenant': 't',
    'x-switchyard-labels': 'team=search, env=a%2Cb',
    'x-switchyard-strategy': 'least_loaded',
    'x-switchyard-idempotency-key': 'k',
    'x-switchyard-capabilities': 'tools, vision',
    'x-switchyard-residency': 'eu-west',
    'x-switchyard-preferred-providers': 'p',
    'x-switchyard-excluded-providers': 'e',
    'x-switchyard-allowed-providers': 'l',
    'x-switchyard-tags': 'hipaa',
    'x-switchyard-task-type': 'quick',
    'x-switchyard-max-cost-nano-usd': '900719925474099300',
    'x-switchyard-max-price-per-million-nano-usd': '5',
    'x-switchyard-max-latency-ms': '100',
    'x-switchyard-failover': 'false',
    'x-switchyard-max-fallbacks': '2',
    'x-switchyard-continue-streams': 'true',
    'x-switchyard-hedge': 'off',
    authorization: 'Bearer x',
  });
  expect(request).toMatchObject({
    context: { agent: 'a', workflow: 'w', service: 's', tenant: 't' },
    labels: { team: 'search', env: 'a,b' },
    strategy: Strategy.LEAST_LOADED,
    idempotencyKey: 'k',
    requirements: {
      capabilities: ['tools', 'vision'],
      residency: ['eu-west'],
      preferredProviders: ['p'],
      excludedProviders: ['e'],
      allowedProviders: ['l'],
      tags: ['hipaa'],
      taskType: 'quick',
      maxCostNanoUsd: 900719925474099300n,
      maxPricePerMillionNanoUsd: 5n,
      maxLatencyMs: 100,
    },
    failover: { allowed: false, maxFallbacks: 2, continueStreams: true },
    hedge: { use: HedgeUse.OFF },
    passthroughJson: '',
  });
});

test('header and body complete each other, and may say the same', () => {
  const request = decoded(
    { 'x-switchyard-agent': 'a', 'x-switchyard-strategy': 'cost' },
    { context: { agent: 'a', workflow: 'w' } },
  );
  expect(request).toMatchObject({ context: { agent: 'a', workflow: 'w' }, strategy: Strategy.COST });
});

test.each<[string, string[], CallerHeaders, object | undefined]>([
  ['a header that is not known', ['x-switchyard-agnet'], { 'x-switchyard-agnet': 'a' }, undefined],
  ['a contradiction', ['x-switchyard-agent'], { 'x-switchyard-agent': 'a' }, { context: { agent: 'b' } }],
  [
    'two keys of idempotency',
    ['idempotency-key'],
    { 'x-switchyard-idempotency-key': 'a', 'idempotency-key': 'b' },
    undefined,
  ],
  ['no number', ['x-switchyard-max-latency-ms'], { 'x-switchyard-max-latency-ms': '1.5' }, undefined],
  ['no flag', ['x-switchyard-failover'], { 'x-switchyard-failover': 'no' }, undefined],
  ['no pair', ['x-switchyard-labels'], { 'x-switchyard-labels': 'team' }, undefined],
  ['bad encoding', ['x-switchyard-labels'], { 'x-switchyard-labels': 'a=%zz' }, undefined],
  ['an unknown strategy', ['switchyard.strategy'], { 'x-switchyard-strategy': 'luck' }, undefined],
])('named: %s', (_, fields, headers, body) => {
  expect(wrong(headers, body)).toEqual(fields);
});

test('labels of a header cannot reach the prototype', () => {
  const { labels } = decoded({ 'x-switchyard-labels': '__proto__=x' });
  expect(Object.getPrototypeOf(labels)).toBe(Object.prototype);
  expect(Object.hasOwn(labels, '__proto__')).toBe(false);
});

test('what Switchyard itself tells a provider may come along', () => {
  expect(wrong({ 'x-switchyard-attempt-id': 'x' })).toEqual([]);
});
