import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HELM, REPOSITORY, SERVICES, type Service } from '../charts.ts';
import { type Pod, podsOf } from '../kubernetes.ts';
import { RenderedCharts, VALUES_FILES, type ValuesFile } from '../rendered-charts.ts';
import type { JsonSchema } from '../values/json-schema.ts';
import { generateSecrets, readByService, type Secrets, withMountsIn } from './installation.ts';
import type { VariablesRead } from './read-variables.ts';

/** Variables that are not read by a service's configuration, and what reads them. */
const READ_ELSEWHERE: Readonly<Record<string, string>> = {
  OTEL_EXPORTER_OTLP_ENDPOINT: 'libs/service-kit/src/telemetry/tracing.ts',
  // https://nodejs.org/docs/latest-v24.x/api/cli.html#node_extra_ca_certsfile
  NODE_EXTRA_CA_CERTS: 'node',
};
const INSTALLATIONS: Readonly<Record<ValuesFile, string>> = {
  minimal: 'switchyard',
  production: 'switchyard',
  hardened: 'gateway',
};
/** Which only the values of production ask for. */
const REDIS = { REDIS_URL: 'rediss://a:b@redis:6379' };

let charts: RenderedCharts;
let folder = '';
const secrets = new Map<string, Secrets>();

beforeAll(() => {
  charts = new RenderedCharts();
  folder = mkdtempSync(join(tmpdir(), 'switchyard-variables-'));
  for (const file of VALUES_FILES)
    secrets.set(file, generateSecrets(INSTALLATIONS[file], file === 'production' ? REDIS : {}));
});

afterAll(() => {
  charts?.[Symbol.dispose]();
  rmSync(folder, { recursive: true, force: true });
});

interface ServicePods {
  readonly service: Pod;
  readonly migration: Pod;
  /** What each of the two gets. */
  readonly variables: Readonly<Record<string, string>>;
  readonly migrationVariables: Readonly<Record<string, string>>;
}

function podsFor(file: ValuesFile, name: Service): ServicePods {
  const objects = charts.objects(name, file);
  const pods = podsOf(objects);
  const service = pods.find(({ manifest }) => manifest.kind !== 'Job');
  const migration = pods.find(({ manifest }) => manifest.kind === 'Job');
  if (service === undefined || migration === undefined) throw new Error(`${name} has not both pods`);
  const [container] = service.spec.containers;
  const configMap = container?.envFrom?.[0]?.configMapRef?.name;
  const data = objects.find(
    ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === configMap,
  )?.data;
  const env = migration.spec.containers[0]?.env ?? [];
  return {
    service,
    migration,
    variables: (data ?? {}) as Record<string, string>,
    migrationVariables: Object.fromEntries(env.map((variable) => [variable.name, variable.value ?? ''])),
  };
}

const known = new Map<Service, VariablesRead>();
function readVariables(name: Service): VariablesRead {
  const read = known.get(name) ?? readByService(name, {});
  known.set(name, read);
  return read;
}

const mountedSecret = ({ spec }: Pod) => spec.volumes?.find(({ secret }) => secret !== undefined)?.secret;
const ownName = (variable: string) => variable.replace(/_FILE$/, '');

describe.each(VALUES_FILES)('with values/%s.yaml', (file) => {
  it.each(SERVICES)('%s reads every variable that its pods get', (name) => {
    const pods = podsFor(file, name);
    const read = readVariables(name);
    const isRead = (variable: string, by: readonly string[]) =>
      by.includes(variable) || by.includes(ownName(variable)) || variable in READ_ELSEWHERE;
    expect(Object.keys(pods.variables).filter((variable) => !isRead(variable, read.service))).toEqual([]);
    expect(
      Object.keys(pods.migrationVariables).filter((variable) => !isRead(variable, read.migration)),
    ).toEqual([]);
  });

  it.each(SERVICES)('%s starts with what its pods get, and so does its migration', (name) => {
    const pods = podsFor(file, name);
    const made = secrets.get(file);
    const ca = { 'ca.crt': 'a certificate' };
    const own = made?.get(mountedSecret(pods.service)?.secretName ?? '') ?? {};
    const owners = made?.get(mountedSecret(pods.migration)?.secretName ?? '') ?? {};
    const at = (kind: string) => join(folder, `${file}-${name}-${kind}`);
    const { NODE_EXTRA_CA_CERTS: _ca, ...variables } = pods.variables;
    const { NODE_EXTRA_CA_CERTS: _too, ...migrationVariables } = pods.migrationVariables;
    const serviceEnv = withMountsIn(at('service'), variables, { ...own, ...ca });
    const migrationEnv = withMountsIn(at('migration'), migrationVariables, owners);
    expect(readByService(name, serviceEnv).serviceProblems).toEqual([]);
    expect(readByService(name, migrationEnv).migrationProblems).toEqual([]);
  });

  it.each(SERVICES)('%s finds every value that it mounts in a Secret that generate-keys makes', (name) => {
    const pods = podsFor(file, name);
    for (const pod of [pods.service, pods.migration]) {
      const secret = mountedSecret(pod);
      const made = secrets.get(file)?.get(secret?.secretName ?? '');
      expect(secret?.items?.length, pod.owner).toBeGreaterThan(0);
      for (const { key, path } of secret?.items ?? []) {
        expect(made, `${secret?.secretName} holds ${key}`).toHaveProperty(key);
        expect(path).toBe(key);
      }
      expect(Object.keys(made ?? {}).sort()).toEqual(secret?.items?.map(({ key }) => key).sort());
    }
  });

  it.each(SERVICES)('%s has nothing secret in an environment', (name) => {
    const pods = podsFor(file, name);
    const values = [...Object.values(pods.variables), ...Object.values(pods.migrationVariables)];
    expect(values.filter((value) => /:\/\/[^/]*@|sy_[0-9A-Za-z]{36}/.test(value))).toEqual([]);
    const keys = [pods.service, pods.migration].flatMap((pod) => mountedSecret(pod)?.items ?? []);
    for (const { key } of keys) {
      expect(pods.variables).not.toHaveProperty(key);
      expect(pods.migrationVariables).not.toHaveProperty(key);
    }
    for (const container of [...pods.service.spec.containers, ...pods.migration.spec.containers]) {
      expect(container.env?.filter(({ valueFrom }) => valueFrom !== undefined) ?? []).toEqual([]);
    }
  });
});

it("has settings with the bounds and defaults of the services' own code", () => {
  for (const name of SERVICES) {
    const schema = JSON.parse(readFileSync(join(HELM, name, 'values.schema.json'), 'utf8')) as JsonSchema;
    const { service, integers } = readVariables(name);
    const settings = Object.entries(schema.properties?.settings?.properties ?? {});
    expect(settings.length, name).toBeGreaterThan(0);
    for (const [variable, { type, minimum, maximum, serviceDefault }] of settings) {
      expect(service, `${name} reads ${variable}`).toContain(variable);
      if (type !== 'integer') continue;
      expect(integers[variable], variable).toEqual({ fallback: serviceDefault, min: minimum, max: maximum });
    }
  }
});

it('offers every variable of a service, by the chart itself or among its settings', () => {
  for (const name of SERVICES) {
    const schema = JSON.parse(readFileSync(join(HELM, name, 'values.schema.json'), 'utf8')) as JsonSchema;
    const settings = Object.keys(schema.properties?.settings?.properties ?? {});
    const { variables } = podsFor('production', name);
    const set = Object.keys(variables);
    const offered = new Set([...settings, ...set, ...set.map(ownName)]);
    // Read by the code that services share, and not used by credential, which calls nobody.
    const unused = name === 'credential' ? ['CREDENTIAL_API_KEY', 'SWITCHYARD_CREDENTIAL_ADDRESS'] : [];
    const read = readVariables(name).service.filter((variable) => !unused.includes(variable));
    expect(
      read.filter((variable) => !offered.has(variable)),
      name,
    ).toEqual([]);
  }
});

it('names, for variables that other code reads, code that reads them', () => {
  const source = readFileSync(join(REPOSITORY, READ_ELSEWHERE.OTEL_EXPORTER_OTLP_ENDPOINT ?? ''), 'utf8');
  expect(source).toContain('OTEL_EXPORTER_OTLP_ENDPOINT');
});
