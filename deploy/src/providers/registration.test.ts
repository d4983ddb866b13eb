import { expect, it } from 'vitest';
import { plaintextHosts } from './plaintext-hosts.ts';
import type { PlannedProvider } from './planned-provider.ts';
import { planRegistration, type Registered, type RegisteredFields } from './registration.ts';
import { fingerprint } from './registration-file.ts';

const openai: PlannedProvider = {
  id: 'openai',
  displayName: 'OpenAI',
  wireFormat: 'openai-chat',
  baseUrl: 'https://api.openai.com/v1',
  key: 'sk-canary',
  models: [],
  priority: 100,
  simulated: false,
  source: 'OPENAI_API_KEY',
};

/** What routing has after a plan was carried out on it. */
function carriedOut(wanted: readonly PlannedProvider[], registered: Registered = {}, existing = new Map()) {
  const plan = planRegistration({ wanted, registered, existing });
  const after = new Map<string, RegisteredFields>(existing);
  for (const step of plan.steps) after.set(step.id, step.fields);
  return { plan, after };
}

it('creates what is new, with a reference to its key and never the key', () => {
  const { plan } = carriedOut([openai]);
  expect(plan.steps).toMatchObject([{ kind: 'create', id: 'openai' }]);
  expect(plan.registered.openai).toMatchObject({ credential_ref: 'provider/openai', mode: 'enabled' });
  expect(JSON.stringify(plan)).not.toContain('canary');
});

it('does nothing at the next start', () => {
  const { plan, after } = carriedOut([openai]);
  expect(planRegistration({ wanted: [openai], registered: plan.registered, existing: after }).steps).toEqual(
    [],
  );
});

it('writes only what this start wants otherwise than the last one', () => {
  const { plan, after } = carriedOut([openai]);
  const wanted = [{ ...openai, priority: 10 }];
  const next = planRegistration({ wanted, registered: plan.registered, existing: after });
  expect(next.steps).toMatchObject([{ kind: 'update', id: 'openai', mask: ['priority'] }]);
});

it('leaves what an operator has changed in between', () => {
  const { plan, after } = carriedOut([openai]);
  const existing = new Map(
    [...after].map(([id, fields]) => [id, { ...fields, priority: 7, mode: 'disabled' as const }]),
  );
  const next = planRegistration({ wanted: [openai], registered: plan.registered, existing });
  expect(next.steps).toEqual([]);
});

it('takes a provider out of service whose key is gone, and back when the key is', () => {
  const first = carriedOut([openai]);
  const second = carriedOut([], first.plan.registered, first.after);
  expect(second.plan.steps).toMatchObject([{ kind: 'update', id: 'openai', mask: ['mode'] }]);
  expect(second.after.get('openai')?.mode).toBe('disabled');
  const third = carriedOut([openai], second.plan.registered, second.after);
  expect(third.plan.steps).toMatchObject([{ kind: 'update', mask: ['mode'] }]);
  expect(third.after.get('openai')?.mode).toBe('enabled');
});

it('forgets a provider that is neither wanted nor there any more', () => {
  const { plan } = carriedOut([openai]);
  expect(planRegistration({ wanted: [], registered: plan.registered, existing: new Map() })).toEqual({
    steps: [],
    registered: {},
  });
});

it('brings a provider of the same id in line that it does not remember', () => {
  const { after } = carriedOut([openai]);
  const moved = { ...openai, baseUrl: 'https://eu.api.openai.com/v1' };
  const { steps } = planRegistration({ wanted: [moved], registered: {}, existing: after });
  expect(steps).toMatchObject([{ kind: 'update', mask: ['base_url'] }]);
});

it('recognises a changed key or address by a fingerprint that does not hold the key', () => {
  const base = { value: 'sk-canary', origin: 'https://api.openai.com', under: 'a' };
  const print = fingerprint(base);
  expect(fingerprint(base)).toBe(print);
  expect(print).not.toContain('canary');
  for (const changed of [{ value: 'sk-other' }, { origin: 'https://elsewhere' }, { under: 'b' }]) {
    expect(fingerprint({ ...base, ...changed })).not.toBe(print);
  }
});

it('lets routing reach without TLS what is configured without, and nothing else', () => {
  const { plan } = carriedOut([{ ...openai, id: 'vllm', baseUrl: 'http://10.0.0.7:8000/v1' }]);
  expect(
    plaintextHosts({
      providers: [openai, { baseUrl: 'http://127.0.0.1:11434/v1' }],
      registered: plan.registered,
      named: ['gateway.internal'],
    }),
  ).toEqual(['gateway.internal', '127.0.0.1:11434', '10.0.0.7:8000']);
});
