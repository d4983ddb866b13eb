import { parseNamedHosts } from '@switchyard/service-kit';
import { FORBIDDEN_HOSTS } from '@switchyard/service-kit/ssrf-cases';
import { expect, test } from 'vitest';
import { baseUrlProblem } from '../../src/domain/provider/base-url.ts';
import { namedHostRules } from '../../src/transport/named-host-rules.ts';

const problem = (
  tenant: string,
  baseUrl: string,
  { named = [] }: { readonly named?: readonly string[] } = {},
) => baseUrlProblem({ tenant, baseUrl }, namedHostRules(parseNamedHosts(named, 'optional').named));

const ENDS_BEFORE = new Set(['example.com', 'v1']);
const NAME_IT = 'an operator can name the host in ROUTING_PLAINTEXT_HOSTS';

test.each(FORBIDDEN_HOSTS)("A24: a tenant's provider is never at %j", (host) => {
  const url = `https://${host}/v1`;
  // The one reader of URLs, for this check and for the connection, may end the host before what looks like it.
  if (ENDS_BEFORE.has(URL.parse(url)?.hostname ?? '')) return;
  expect(problem('t1', url)).toBeDefined();
});

test.each([
  ['https://127.0.0.1/v1', '127.0.0.1'],
  ['https://10.0.0.5:8443/v1', '10.0.0.5'],
  ['https://[fd00::5]/v1', '[fd00::5]'],
  ['https://0x7f.1/v1', '127.0.0.1'],
])("%s is for the installation's providers, and for a tenant's where the operator named it", (url, host) => {
  expect(problem('t1', url)).toBe(`the address of ${host} is not allowed; ${NAME_IT}`);
  expect(problem('', url)).toBeUndefined();
  expect(problem('t1', url, { named: [host] })).toBeUndefined();
  expect(problem('t1', url, { named: [`${host}:1`] })).toBeDefined();
});

test.each([
  'https://169.254.169.254/v1',
  'https://[fe80::1]/v1',
  'https://[::ffff:10.0.0.5]/v1',
  'https://0.0.0.0/v1',
])('%s is for nobody, named or not', (url) => {
  const { hostname } = new URL(url);
  for (const tenant of ['', 't1']) {
    expect(problem(tenant, url, { named: [hostname] })).toBe(`the address of ${hostname} is not allowed`);
  }
});

test.each(['https://api.example.com/v1', 'https://8.8.8.8:8443', 'https://localhost/v1'])(
  '%s is left to be judged when it is connected to',
  (url) => {
    expect(problem('t1', url)).toBeUndefined();
    expect(problem('', url)).toBeUndefined();
  },
);

test('plain http is for hosts that the operator named, whoever the provider belongs to', () => {
  for (const tenant of ['', 't1']) {
    expect(problem(tenant, 'http://vllm:8000/v1')).toBe(`plain http to vllm:8000 is not allowed; ${NAME_IT}`);
    expect(problem(tenant, 'http://vllm:8000/v1', { named: ['vllm:8001'] })).toBeDefined();
    expect(problem(tenant, 'http://vllm:8000/v1', { named: ['vllm:8000'] })).toBeUndefined();
    expect(problem(tenant, 'http://vllm/v1', { named: ['vllm:80'] })).toBeUndefined();
    expect(problem(tenant, 'http://vllm:8000/v1', { named: ['vllm'] })).toBeUndefined();
  }
});

test.each([
  [
    'https://bedrock-runtime.{region}.amazonaws.com',
    'still has the placeholder {region}: put your own value there',
  ],
  [
    'https://api.example.com/accounts/$' + '{ACCOUNT_ID}/v1',
    'still has the placeholder $' + '{ACCOUNT_ID}: put your own value there',
  ],
  ['not a URL', 'must be a URL such as https://api.example.com/v1'],
  ['https://api.example.com/v1\r\nx-evil: 1', 'must be printable ASCII without spaces'],
  ['https://api.example.com/a/../v1', 'must not have a dot segment in its path'],
  ['https://api.example.com/%2E%2e/v1', 'must not have a dot segment in its path'],
  ['https://u:p@api.example.com', 'must not hold a user or password; use credential_ref'],
  ['https://api.example.com?a=b', 'must not have a query or fragment'],
  ['ftp://api.example.com', 'must begin with https:// or http://'],
  ['https://a*b.example.com', 'has a host that cannot be read'],
])('%s %s', (url, description) => expect(problem('', url)).toBe(description));
