import type {
  Connector as ConnectorMessage,
  ConnectorLimits as LimitsMessage,
} from '@switchyard/contracts/connector';
import { type FieldViolation, invalidArgument } from '@switchyard/kernel';
import type { AuthType, Connector, ConnectorLimits, ConnectorTypeName } from './connector.ts';
import { isCredentialHeader } from './rest/call-headers.ts';

const TYPES: readonly ConnectorTypeName[] = ['postgresql', 'rest'];
const AUTH_TYPES: readonly AuthType[] = ['none', 'basic', 'bearer', 'api_key'];
const DEFAULT_API_KEY_HEADER = 'x-api-key';

interface Bound {
  readonly field: string;
  readonly max: number;
  readonly fallback: number;
}
const BOUNDS: Readonly<Record<keyof ConnectorLimits, Bound>> = {
  timeoutMs: { field: 'timeout_ms', max: 300_000, fallback: 30_000 },
  maxRows: { field: 'max_rows', max: 100_000, fallback: 1_000 },
  maxBytes: { field: 'max_bytes', max: 16_777_216, fallback: 1_048_576 },
  maxConcurrency: { field: 'max_concurrency', max: 1_000, fallback: 10 },
  failureThreshold: { field: 'failure_threshold', max: 1_000, fallback: 5 },
  openSeconds: { field: 'open_seconds', max: 3_600, fallback: 30 },
};

/** What is not in the message. */
export interface NewConnector {
  readonly uid: string;
  /** Whose it becomes; the caller may act for it. */
  readonly tenant: string;
  readonly createdAt: Date;
}

/**
 * Reads a connector that is to be made. The endpoint is for its type to check.
 *
 * @throws INVALID_ARGUMENT naming every field that is wrong
 */
export function parseConnector(message: ConnectorMessage | undefined, made: NewConnector): Connector {
  if (message === undefined) throw invalidArgument({ field: 'connector', description: 'is required' });
  const violations: FieldViolation[] = [];
  const wrong = (field: string, description: string) => {
    violations.push({ field: `connector.${field}`, description });
  };
  if (!/^[a-z0-9-]{1,64}$/.test(message.id)) wrong('id', 'must be 1 to 64 characters of a-z 0-9 -');
  const type = TYPES.find((candidate) => candidate === message.type);
  if (type === undefined) wrong('type', `must be one of ${TYPES.join(', ')}`);
  const authType = AUTH_TYPES.find((candidate) => candidate === (message.authType || 'none'));
  if (authType === undefined) wrong('auth_type', `must be one of ${AUTH_TYPES.join(', ')}`);
  if ((message.credentialRef === '') !== (authType === 'none')) {
    wrong('credential_ref', 'must be given with an auth_type other than none, and only then');
  }
  if (!/^[a-z0-9_./-]{0,128}$/.test(message.credentialRef)) {
    wrong('credential_ref', 'must be the id of a secret: at most 128 characters of a-z 0-9 - _ . /');
  }
  const apiKeyHeader = (message.apiKeyHeader || DEFAULT_API_KEY_HEADER).toLowerCase();
  if (!isCredentialHeader(apiKeyHeader))
    wrong('api_key_header', 'must be a header that may carry a credential');
  const limits = parseLimits(message.limits, wrong);
  const [first, ...rest] = violations;
  if (first !== undefined || type === undefined || authType === undefined) {
    throw invalidArgument(first as FieldViolation, ...rest);
  }
  const { id, endpoint, credentialRef } = message;
  return { ...made, id, type, endpoint, credentialRef, authType, apiKeyHeader, limits };
}

function parseLimits(
  message: LimitsMessage | undefined,
  wrong: (field: string, description: string) => void,
): ConnectorLimits {
  const read = (name: keyof ConnectorLimits): number => {
    const { field, max, fallback } = BOUNDS[name];
    const value = message?.[name] ?? fallback;
    if (value < 1 || value > max) wrong(`limits.${field}`, `must be from 1 to ${max}`);
    return value;
  };
  return {
    timeoutMs: read('timeoutMs'),
    maxRows: read('maxRows'),
    maxBytes: read('maxBytes'),
    maxConcurrency: read('maxConcurrency'),
    failureThreshold: read('failureThreshold'),
    openSeconds: read('openSeconds'),
  };
}
