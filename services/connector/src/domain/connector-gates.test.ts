import { expect, test } from 'vitest';
import type { Connector } from './connector.ts';
import type { Admission } from './connector-gate.ts';
import { ConnectorGates } from './connector-gates.ts';

const connector = (uid: string, limits: Partial<Connector['limits']> = {}): Connector => ({
  ...{ uid, id: uid, tenant: 't', type: 'rest', endpoint: '', credentialRef: '', authType: 'none' },
  ...{ apiKeyHeader: 'x-api-key', createdAt: new Date(0) },
  limits: {
    ...{ timeoutMs: 1_000, maxRows: 1, maxBytes: 1, maxConcurrency: 2, failureThreshold: 3, openSeconds: 10 },
    ...limits,
  },
});

function admitted(gates: ConnectorGates, target: Connector, nowMs: number): Admission {
  const admission = gates.admit(target, nowMs);
  if ('reason' in admission) throw new Error(admission.reason);
  return admission;
}

test('a connector has as many places as its limit says, and gives them back', () => {
  const gates = new ConnectorGates({ maxConcurrency: 10 });
  const a = connector('a');
  const first = admitted(gates, a, 0);
  admitted(gates, a, 0);
  expect(gates.admit(a, 0)).toEqual({ reason: 'CONNECTOR_BUSY' });
  admitted(gates, connector('b'), 0);
  first.end('success', 1);
  admitted(gates, a, 1);
});

test('all connectors together have the places of the replica', () => {
  const gates = new ConnectorGates({ maxConcurrency: 3 });
  for (const uid of ['a', 'b', 'c']) admitted(gates, connector(uid), 0);
  expect(gates.admit(connector('d'), 0)).toEqual({ reason: 'SERVICE_BUSY' });
  expect(gates.inFlight).toBe(3);
});

test('failures in a row open the breaker; one probe at a time finds out whether the system is back', () => {
  const gates = new ConnectorGates({ maxConcurrency: 10 });
  const a = connector('a');
  for (let i = 0; i < 3; i++) admitted(gates, a, i).end('failure', i);
  expect(gates.admit(a, 2_000)).toEqual({ reason: 'CIRCUIT_OPEN', retryAfterMs: 8_002 });
  expect(gates.openCount(2_000)).toBe(1);
  const probe = admitted(gates, a, 10_002);
  expect(gates.admit(a, 10_002)).toMatchObject({ reason: 'CIRCUIT_OPEN' });
  probe.end('success', 10_003);
  admitted(gates, a, 10_003);
});

test('a success in between, and calls that say nothing, do not open it', () => {
  const gates = new ConnectorGates({ maxConcurrency: 10 });
  const a = connector('a');
  for (const outcome of ['failure', 'failure', 'success', 'failure', 'abandoned', 'failure'] as const) {
    admitted(gates, a, 0).end(outcome, 0);
  }
  admitted(gates, a, 0);
});

test('a connector that was made anew under the same id begins with a closed breaker', () => {
  const gates = new ConnectorGates({ maxConcurrency: 10 });
  for (let i = 0; i < 3; i++) admitted(gates, connector('old'), 0).end('failure', 0);
  admitted(gates, { ...connector('new'), id: 'old' }, 0);
});

test('the breakers longest unused are forgotten, those in use never', () => {
  const gates = new ConnectorGates({ maxConcurrency: 10, maxGates: 2 });
  const used = connector('used');
  admitted(gates, used, 0);
  admitted(gates, used, 0);
  for (const uid of ['a', 'b', 'c']) admitted(gates, connector(uid), 0).end('success', 0);
  expect(gates.admit(used, 0)).toEqual({ reason: 'CONNECTOR_BUSY' });
});
