import { Budget, BudgetEnforcement, BudgetPeriod, BudgetUnit } from '@switchyard/contracts/cost';
import { CacheUse, Configuration, HedgeUse, ProviderMode, Strategy } from '@switchyard/contracts/routing';
import { expect, test } from 'vitest';
import { readDocument, writeDocument } from './document.ts';
import { planSecrets } from './plan-secrets.ts';

const EVERYTHING = Configuration.fromPartial({
  providers: [
    {
      id: 'openai',
      displayName: 'OpenAI',
      wireFormat: 'openai-chat',
      baseUrl: 'https://api.openai.com/v1',
      credentialRef: 'provider/openai',
      catalogId: 'openai',
      models: [
        { model: 'a', catalogModel: 'b', capabilities: ['text'], contextTokens: 8, maxOutputTokens: 4 },
      ],
      priority: 0,
      weight: 0,
      region: 'eu-west',
      tags: ['gdpr'],
      mode: ProviderMode.MAINTENANCE,
      simulated: true,
      timeLimits: { connectMs: 1, totalMs: 2 },
      headers: { 'x-portkey-provider': 'openai', x_1: 'null' },
      endpoints: [
        {
          id: 'eu',
          baseUrl: 'https://eu.api.openai.com/v1',
          credentialRef: 'openai-eu',
          region: 'eu-west',
          tags: ['gdpr'],
          weight: 0,
          mode: ProviderMode.DISABLED,
        },
        { id: 'us' },
      ],
    },
    { id: 'plain', tenant: 'acme', wireFormat: 'gemini', baseUrl: 'https://example.com' },
  ],
  pools: [
    {
      id: 'fast',
      description: 'yes: "really"\n# no comment',
      members: [{ provider: 'openai', model: 'a', weight: 0, priority: 0 }, { model: 'b' }],
      strategy: Strategy.COMPOSITE,
      compositeWeights: { cost: 0.5, latency: 2 },
      requirements: {
        capabilities: ['tools'],
        maxCostNanoUsd: 0n,
        maxPricePerMillionNanoUsd: 9_223_372_036_854_775_807n,
        maxLatencyMs: 1,
        residency: ['eu-west'],
        preferredProviders: ['openai'],
        excludedProviders: ['x'],
        allowedProviders: ['openai'],
        tags: ['gdpr'],
      },
      cache: { use: CacheUse.OFF },
      hedge: { use: HedgeUse.ON, delayMs: 250 },
      taskTypes: ['no', '1', 'null'],
    },
    { id: 'tier' },
  ],
  policies: [
    {
      strategy: Strategy.LEAST_LOADED,
      cache: { use: CacheUse.ON, ttlSeconds: 60 },
      hedge: { use: HedgeUse.OFF },
    },
    { tenant: 'acme', requirements: { tags: ['hipaa'] } },
  ],
});

const BUDGETS = [
  {
    ...{ id: 'daily', tenant: 'acme', description: 'all: "of it"', timeZone: 'Europe/Berlin' },
    scope: { keyId: 'key-1', provider: 'openai', model: 'gpt-4o' },
    ...{ unit: BudgetUnit.COST, limit: 12_500_000_001n, period: BudgetPeriod.DAY },
    ...{ enforcement: BudgetEnforcement.REFUSE, alertPercents: [50, 1_000], receivers: ['team'] },
    actions: [
      { atPercent: 80, action: { $case: 'downgrade', value: { model: 'small', strategy: Strategy.COST } } },
      { atPercent: 90, action: { $case: 'throttle', value: { requestsPerMinute: 7 } } },
    ],
  },
  {
    ...{ id: 'tokens', scope: { service: 's', agent: 'a', workflow: 'w' } },
    ...{ unit: BudgetUnit.TOKENS, limit: 900_000_000_000_000_000n, period: BudgetPeriod.TOTAL },
    enforcement: BudgetEnforcement.ALERT,
  },
  { id: 'requests', unit: BudgetUnit.REQUESTS, limit: 7n, period: BudgetPeriod.MINUTE, scope: {} },
].map((budget) => Budget.fromPartial(budget as Parameters<typeof Budget.fromPartial>[0]));

test.each(['yaml', 'json'] as const)('what is written as %s is read as it was', (format) => {
  const read = readDocument(writeDocument({ configuration: EVERYTHING, budgets: BUDGETS }, format));
  const document = { configuration: EVERYTHING, hasConfiguration: true, credentials: [], budgets: BUDGETS };
  expect(read).toEqual({ ok: true, document });
});

test('a limit of a budget is written as it is thought of, and a document without the list leaves budgets alone', () => {
  const read = readDocument('version: 1\nbudgets:\n  - { id: a, usd: 0.1 }\n  - { id: b, usd: 12 }\n');
  expect(read).toMatchObject({
    document: { hasConfiguration: false, budgets: [{ limit: 100_000_000n }, { limit: 12_000_000_000n }] },
  });
  expect(readDocument('version: 1\n')).toMatchObject({
    document: { hasConfiguration: true, budgets: undefined },
  });
});

test.each([
  ['{ id: a }', 'budgets[0]'],
  ['{ id: a, usd: 1, tokens: 1 }', 'budgets[0]'],
  ['{ id: a, usd: -1 }', 'budgets[0].usd'],
  ['{ id: a, usd: 0.0000000001 }', 'budgets[0].usd'],
  ['{ id: a, requests: 1.5 }', 'budgets[0].requests'],
  ['{ id: a, usd: 1, period: fortnight }', 'budgets[0].period'],
  ['{ id: a, usd: 1, alert_percents: [0] }', 'budgets[0].alert_percents[0]'],
  ['{ id: a, usd: 1, scope: { colour: red } }', 'budgets[0].scope.colour'],
  ['{ id: a, usd: 1, actions: [{ at_percent: 80 }] }', 'budgets[0].actions[0]'],
  ['{ id: a, usd: 1, actions: [{ at_percent: 80, downgrade: {}, throttle: {} }] }', 'budgets[0].actions[0]'],
  [
    '{ id: a, usd: 1, actions: [{ at_percent: 80, downgrade: { strategy: luck } }] }',
    'budgets[0].actions[0].downgrade.strategy',
  ],
  ['7', 'budgets[0]'],
])('the budget %s is refused, by its place', (budget, path) => {
  const read = readDocument(`version: 1\nbudgets: [${budget}]\n`);
  expect(read).toMatchObject({ ok: false, problems: [{ path }] });
});

test('an empty configuration is a document, too', () => {
  const text = writeDocument({ configuration: Configuration.create(), budgets: [] }, 'yaml');
  expect(text).toBe('version: 1\n');
  expect(readDocument(text)).toMatchObject({ ok: true, document: { configuration: Configuration.create() } });
});

test('what has its default is left out', () => {
  const text = writeDocument(
    { configuration: Configuration.fromPartial({ pools: [{ id: 'tier' }] }), budgets: [] },
    'yaml',
  );
  expect(text).toBe('version: 1\npools:\n  - id: tier\n');
});

test('a credential is a reference: the document gives the secret’s id, and the variable beside it', () => {
  const read = readDocument(
    'version: 1\nproviders:\n  - id: x\n  - {id: openai, base_url: https://api.openai.com/v1, credential: env:OPENAI_API_KEY}\n',
  );
  expect(read).toMatchObject({
    ok: true,
    document: {
      configuration: { providers: [{ credentialRef: '' }, { credentialRef: 'provider/openai' }] },
      credentials: [{ index: 1, variable: 'OPENAI_API_KEY' }],
    },
  });
});

test('an endpoint has a key of its own, for its own address or that of the provider', () => {
  const read = readDocument(`version: 1
providers:
  - id: openai
    base_url: https://api.openai.com/v1
    endpoints:
      - { id: eu, base_url: "https://eu.api.openai.com/v1", credential: env:KEY_EU }
      - { id: us, credential: env:KEY_US }
      - { id: old, credential_ref: elsewhere }
`);
  if (!read.ok) throw new Error(read.problems[0]?.description);
  const { configuration } = read.document;
  expect(configuration.providers[0]?.endpoints.map(({ credentialRef }) => credentialRef)).toEqual([
    'provider/openai/eu',
    'provider/openai/us',
    'elsewhere',
  ]);
  const { secrets, problems } = planSecrets({
    ...read.document,
    stored: [],
    store: 'missing',
    env: { KEY_EU: 'a' },
  });
  expect(secrets).toEqual([
    { id: 'provider/openai/eu', tenant: '', origin: 'https://eu.api.openai.com', variable: 'KEY_EU' },
  ]);
  expect(problems).toEqual([
    { path: 'providers[0].endpoints[1].credential', description: 'KEY_US is not set in the environment' },
  ]);
});

test('a key in place of a reference is refused and not repeated', () => {
  const read = readDocument('version: 1\nproviders: [{id: openai, credential: sk-very-secret}]\n');
  expect(read).toEqual({
    ok: false,
    problems: [{ path: 'providers[0].credential', description: 'must be env:NAME, never the key itself' }],
  });
});

test.each([
  ['no version', 'pools: []', 'version', /must be 1/],
  ['another version', 'version: 2', 'version', /must be 1/],
  ['an unknown list', 'version: 1\nmodels: []', 'models', /not known/],
  ['a list that is none', 'version: 1\npools: {id: x}', 'pools', /a list/],
  ['a text', 'hello', '', /must have version/],
  ['broken YAML', 'version: 1\npools: [', '', /line 2/],
  ['a key twice', 'version: 1\nversion: 1', '', /unique/],
  [
    'an unknown field',
    'version: 1\npools: [{id: x, wieght: 1}]',
    'pools[0].wieght',
    /not known; known are id/,
  ],
  ['a field of the service', 'version: 1\npools: [{id: x, etag: y}]', 'pools[0].etag', /not known/],
  [
    'a negative weight',
    'version: 1\npools: [{id: x},{members: [{weight: -1}]}]',
    'pools[1].members[0].weight',
    /from 0 to 1000000/,
  ],
  [
    'half a weight',
    'version: 1\npools: [{members: [{weight: 0.5}]}]',
    'pools[0].members[0].weight',
    /whole number/,
  ],
  [
    'a negative composite weight',
    'version: 1\npolicies: [{composite_weights: {cost: -0.1}}]',
    'policies[0].composite_weights.cost',
    /at least 0/,
  ],
  [
    'a composite weight of infinity',
    'version: 1\npolicies: [{composite_weights: {cost: .inf}}]',
    'policies[0].composite_weights.cost',
    /at least 0/,
  ],
  [
    'an unknown strategy',
    'version: 1\npools: [{strategy: luck}]',
    'pools[0].strategy',
    /priority, cost, weighted/,
  ],
  ['a property of every object', 'version: 1\npools: [{strategy: toString}]', 'pools[0].strategy', /must be/],
  ['a number as an id', 'version: 1\npools: [{id: 7}]', 'pools[0].id', /a text/],
  ['a yes as a flag', 'version: 1\nproviders: [{simulated: yes}]', 'providers[0].simulated', /true or false/],
  [
    'too large a limit',
    'version: 1\npools: [{requirements: {max_cost_nano_usd: 9223372036854775808}}]',
    'pools[0].requirements.max_cost_nano_usd',
    /9223372036854775807/,
  ],
  [
    'a number as a header',
    'version: 1\nproviders: [{headers: {x-a: 7}}]',
    'providers[0].headers.x-a',
    /a text/,
  ],
  [
    'a list as headers',
    'version: 1\nproviders: [{headers: [x-a]}]',
    'providers[0].headers',
    /names and texts/,
  ],
  ['a text as a pool', 'version: 1\npools: [fast]', 'pools[0]', /fields/],
  [
    'a key at an endpoint',
    'version: 1\nproviders: [{endpoints: [{id: eu, credential: sk-very-secret}]}]',
    'providers[0].endpoints[0].credential',
    /env:NAME/,
  ],
  [
    'a reference beside a reference',
    'version: 1\nproviders: [{credential: env:A, credential_ref: b}]',
    'providers[0].credential',
    /leave one/,
  ],
])('%s is refused with its place', (_, text, path, why) => {
  const read = readDocument(text);
  if (read.ok) throw new Error('it was understood');
  expect(read.problems.map((problem) => problem.path)).toContain(path);
  expect(read.problems.find((problem) => problem.path === path)?.description).toMatch(why);
});

test('aliases that would grow without end are refused', () => {
  const lines = Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i},`.repeat(10)}]`);
  expect(readDocument(`version: 1\na0: &a0 [x]\n${lines.join('\n')}`)).toMatchObject({
    ok: false,
    problems: expect.arrayContaining([{ path: '', description: expect.stringMatching(/alias/) }]),
  });
});
