import { Connector as ConnectorMessage } from '@switchyard/contracts/connector';
import type { ServiceError } from '@switchyard/kernel';
import { expect, test } from 'vitest';
import { parseConnector } from './parse-connector.ts';

const made = { uid: 'u', tenant: 't1', createdAt: new Date(0) };
const message = { id: 'crm', type: 'rest', endpoint: 'https://api.example.com' };
const read = (more: object) => parseConnector(ConnectorMessage.fromPartial({ ...message, ...more }), made);

function fieldsOf(more: object): string[] {
  try {
    read(more);
    return [];
  } catch (error) {
    return (error as ServiceError).violations.map(({ field }) => field);
  }
}

test('what is not given has the default of the protocol', () => {
  expect(read({})).toEqual({
    ...{ ...made, ...message, credentialRef: '', authType: 'none', apiKeyHeader: 'x-api-key' },
    limits: {
      ...{ timeoutMs: 30_000, maxRows: 1_000, maxBytes: 1_048_576 },
      ...{ maxConcurrency: 10, failureThreshold: 5, openSeconds: 30 },
    },
  });
});

test('the tenant is the one that was decided on, not the one in the message', () => {
  expect(read({ tenant: 'other', createdAt: new Date(7) })).toMatchObject({
    tenant: 't1',
    createdAt: new Date(0),
  });
});

test.each([
  [{ id: '' }, ['connector.id']],
  [{ id: 'A' }, ['connector.id']],
  [{ id: 'a'.repeat(65) }, ['connector.id']],
  [{ type: 'mysql' }, ['connector.type']],
  [{ authType: 'digest', credentialRef: 's' }, ['connector.auth_type']],
  [{ authType: 'bearer' }, ['connector.credential_ref']],
  [{ credentialRef: 's' }, ['connector.credential_ref']],
  [{ authType: 'bearer', credentialRef: 'A B' }, ['connector.credential_ref']],
  [{ apiKeyHeader: 'host' }, ['connector.api_key_header']],
  [{ apiKeyHeader: 'x y' }, ['connector.api_key_header']],
  [{ apiKeyHeader: 'Transfer-Encoding' }, ['connector.api_key_header']],
  [{ limits: { timeoutMs: 0 } }, ['connector.limits.timeout_ms']],
  [{ limits: { timeoutMs: 300_001 } }, ['connector.limits.timeout_ms']],
  [{ limits: { maxRows: 100_001 } }, ['connector.limits.max_rows']],
  [{ limits: { maxBytes: -1 } }, ['connector.limits.max_bytes']],
  [{ limits: { maxBytes: 16_777_217 } }, ['connector.limits.max_bytes']],
  [{ limits: { maxConcurrency: 1_001 } }, ['connector.limits.max_concurrency']],
  [{ limits: { failureThreshold: 0 } }, ['connector.limits.failure_threshold']],
  [{ limits: { openSeconds: 3_601 } }, ['connector.limits.open_seconds']],
  [
    { id: '', type: '', limits: { maxRows: 0 } },
    ['connector.id', 'connector.type', 'connector.limits.max_rows'],
  ],
])('%j is refused at %j', (more, fields) => {
  expect(fieldsOf(more)).toEqual(fields);
});

test('a missing connector is named', () => {
  expect(() => parseConnector(undefined, made)).toThrow(/connector: is required/);
});
