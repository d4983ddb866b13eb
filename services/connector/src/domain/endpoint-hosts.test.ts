import { forbiddenLiteral, parseIpAddress } from '@switchyard/service-kit';
import { FORBIDDEN_HOSTS } from '@switchyard/service-kit/ssrf-cases';
import { describe, expect, test } from 'vitest';
import { parsePostgresEndpoint, parseRestEndpoint } from './endpoint.ts';

describe.each([
  ['rest', (host: string) => parseRestEndpoint(`https://${host}/base`)],
  ['rest with a port', (host: string) => parseRestEndpoint(`https://${host}:8443/base`)],
  ['postgresql', (host: string) => parsePostgresEndpoint(`postgresql://${host}:5432/db`)],
])('%s endpoint', (_name, parse) => {
  test.each(FORBIDDEN_HOSTS)('the host %j is refused, or is an address that is', (host) => {
    const endpoint = parse(host);
    if (!endpoint.ok) return;
    expect(parseIpAddress(endpoint.value.host), 'is left for a resolver to read').toBeDefined();
    expect(forbiddenLiteral(endpoint.value, 'public')).toBeDefined();
  });
});
