import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHARTS, prefixOf, SERVICES, type Service } from './charts.ts';
import { type Container, type Manifest, type Pod, podsOf } from './kubernetes.ts';
import { restrictedViolations } from './pod-security/restricted.ts';
import { RenderedCharts, VALUES_FILES, type ValuesFile } from './rendered-charts.ts';

let charts: RenderedCharts;

beforeAll(() => {
  charts = new RenderedCharts();
});

afterAll(() => charts?.[Symbol.dispose]());

const rendered = (file: ValuesFile): readonly Manifest[] => charts.objects('switchyard', file);
const containersOf = ({ spec }: Pod): readonly Container[] => [
  ...spec.containers,
  ...(spec.initContainers ?? []),
];
const serviceOf = ({ labels }: Pod): Service => labels['app.kubernetes.io/name'] as Service;
const servicePods = (file: ValuesFile): readonly Pod[] =>
  podsOf(rendered(file)).filter(({ manifest }) => manifest.kind !== 'Job');

function variablesOf(file: ValuesFile, service: Service): Readonly<Record<string, unknown>> {
  const found = rendered(file).find(
    ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name.endsWith(`-${service}`),
  );
  return found?.data ?? {};
}

describe.each(VALUES_FILES)('with values/%s.yaml', (file) => {
  it.each(CHARTS)('every pod of %s meets the restricted Pod Security Standard', (chart) => {
    const pods = podsOf(charts.objects(chart, file));
    expect(pods.length).toBeGreaterThan(0);
    for (const { owner, spec } of pods) expect(restrictedViolations(spec), owner).toEqual([]);
  });

  it('no pod writes to its root, has a token, or takes variables from other services', () => {
    for (const pod of podsOf(rendered(file))) {
      expect(pod.spec.automountServiceAccountToken, pod.owner).toBe(false);
      expect(pod.spec.enableServiceLinks, pod.owner).toBe(false);
      for (const { securityContext, image } of containersOf(pod)) {
        expect(securityContext?.readOnlyRootFilesystem, pod.owner).toBe(true);
        expect(image, pod.owner).toMatch(/^registry\.example\.com\/team\/switchyard\/[a-z-]+(:|@sha256:)/);
      }
    }
  });

  it('every container says what it needs and has a limit of memory', () => {
    for (const pod of podsOf(rendered(file))) {
      for (const { resources } of containersOf(pod)) {
        expect(Object.keys(resources?.requests ?? {}).sort(), pod.owner).toEqual(['cpu', 'memory']);
        expect(resources?.limits, pod.owner).toHaveProperty('memory');
      }
    }
  });

  it('probes ask the ops port that the service is told to listen on', () => {
    for (const pod of servicePods(file)) {
      const [container] = pod.spec.containers;
      const ops = container?.ports?.find(({ name }) => name === 'ops')?.containerPort;
      const variables = variablesOf(file, serviceOf(pod));
      expect(variables[`${prefixOf(serviceOf(pod))}_OPS_PORT`]).toBe(String(ops));
      expect(container?.livenessProbe?.httpGet).toEqual({ path: '/livez', port: 'ops' });
      expect(container?.startupProbe?.httpGet).toEqual({ path: '/livez', port: 'ops' });
      expect(container?.readinessProbe?.httpGet).toEqual({ path: '/readyz', port: 'ops' });
    }
  });

  it('every port of a pod is one that the service is told to listen on', () => {
    for (const pod of servicePods(file)) {
      const variables = variablesOf(file, serviceOf(pod));
      for (const { name, containerPort } of pod.spec.containers[0]?.ports ?? []) {
        expect(variables[`${prefixOf(serviceOf(pod))}_${name.toUpperCase()}_PORT`]).toBe(
          String(containerPort),
        );
      }
    }
  });

  it('Kubernetes waits at least as long as the drain may take', () => {
    for (const pod of servicePods(file)) {
      const service = serviceOf(pod);
      const variables = variablesOf(file, service);
      const read = (name: string) => Number(variables[`${prefixOf(service)}_${name}`]);
      // Routing ends HTTP, gRPC and the outbox one after another, each within the grace of its own.
      const phases = service === 'routing' ? 2 : 1;
      const drainMs = phases * read('DRAIN_GRACE_MS') + read('DRAIN_WAIT_MS');
      expect(drainMs).toBeGreaterThan(0);
      expect((pod.spec.terminationGracePeriodSeconds ?? 30) * 1000, service).toBeGreaterThanOrEqual(drainMs);
    }
  });

  it('a changed variable starts new pods', () => {
    const checksum = (over: object) =>
      charts.objects('routing', file, over as Record<string, unknown>).flatMap(({ spec }) => {
        const template = spec?.template as { metadata: { annotations?: Record<string, string> } } | undefined;
        return template?.metadata.annotations?.['checksum/environment'] ?? [];
      });
    expect(checksum({})).toHaveLength(1);
    expect(checksum({ drain: { waitMs: 7_000 } })).not.toEqual(checksum({}));
  });
});

it("keeps routing's outbox in an emptyDir, or on a volume for each replica that outlives the release", () => {
  const routing = (file: ValuesFile) => servicePods(file).find((pod) => serviceOf(pod) === 'routing');
  for (const file of VALUES_FILES) {
    const mounts = routing(file)?.spec.containers[0]?.volumeMounts ?? [];
    const stateDir = variablesOf(file, 'routing').ROUTING_STATE_DIR;
    expect(mounts).toContainEqual({ name: 'state', mountPath: stateDir });
  }
  expect(routing('minimal')?.manifest.kind).toBe('Deployment');
  expect(routing('minimal')?.spec.volumes).toContainEqual({ name: 'state', emptyDir: {} });
  const kept = routing('production')?.manifest;
  expect(kept?.kind).toBe('StatefulSet');
  expect(kept?.spec?.volumeClaimTemplates).toMatchObject([{ metadata: { name: 'state' } }]);
  expect(kept?.spec?.persistentVolumeClaimRetentionPolicy).toEqual({
    whenDeleted: 'Retain',
    whenScaled: 'Retain',
  });
});

it('gives every pod one place for what it writes: only routing has any', () => {
  for (const file of VALUES_FILES) {
    for (const pod of podsOf(rendered(file))) {
      const writable = containersOf(pod).flatMap(({ volumeMounts = [] }) =>
        volumeMounts.filter(({ readOnly }) => readOnly !== true).map(({ name }) => name),
      );
      const isRouting = serviceOf(pod) === 'routing' && pod.manifest.kind !== 'Job';
      expect(writable, pod.owner).toEqual(isRouting ? ['state'] : []);
    }
  }
});

it('reaches every service by a headless Service under the address that others are told', () => {
  for (const file of VALUES_FILES) {
    const objects = rendered(file);
    for (const service of SERVICES) {
      for (const [name, value] of Object.entries(variablesOf(file, service))) {
        if (!name.endsWith('_ADDRESS')) continue;
        const [host, port] = String(value).split(':');
        const target = objects.find(({ kind, metadata }) => kind === 'Service' && metadata.name === host);
        expect(target?.spec?.clusterIP, `${name}=${value}`).toBe('None');
        const ports = target?.spec?.ports as { name: string; port: number }[];
        expect(ports.find((found) => found.name === 'grpc')?.port).toBe(Number(port));
        expect(target?.spec?.selector).toMatchObject({
          'app.kubernetes.io/name': name
            .slice('SWITCHYARD_'.length, -'_ADDRESS'.length)
            .toLowerCase()
            .replaceAll('_', '-'),
        });
      }
    }
  }
});
