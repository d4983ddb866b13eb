import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SERVICES } from './charts.ts';
import { type Manifest, type Pod, podsOf } from './kubernetes.ts';
import { RenderedCharts, VALUES_FILES, type ValuesFile } from './rendered-charts.ts';

let charts: RenderedCharts;

beforeAll(() => {
  charts = new RenderedCharts();
});

afterAll(() => charts?.[Symbol.dispose]());

interface Rule {
  readonly ports?: readonly { readonly port: number | string }[];
  readonly from?: readonly object[];
  readonly to?: readonly {
    readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
  }[];
}

interface Policy {
  readonly podSelector: { readonly matchLabels: Readonly<Record<string, string>> };
  readonly policyTypes: readonly string[];
  readonly ingress: readonly Rule[];
  readonly egress: readonly Rule[];
}

const policiesFor = (objects: readonly Manifest[], { labels }: Pick<Pod, 'labels'>): Policy[] =>
  objects
    .filter(({ kind }) => kind === 'NetworkPolicy')
    .map(({ spec }) => spec as unknown as Policy)
    .filter(({ podSelector }) =>
      Object.entries(podSelector.matchLabels).every(([name, value]) => labels[name] === value),
    );

const policyOf = (file: ValuesFile, service: string): Policy => {
  const objects = charts.objects('switchyard', file);
  const pod = podsOf(objects).find(
    ({ labels, manifest }) => labels['app.kubernetes.io/name'] === service && manifest.kind !== 'Job',
  );
  const [policy] = pod === undefined ? [] : policiesFor(objects, pod);
  if (policy === undefined) throw new Error(`no policy for ${service}`);
  return policy;
};

describe.each(VALUES_FILES)('with values/%s.yaml', (file) => {
  it('each pod is in exactly one policy, which bounds both directions', () => {
    const objects = charts.objects('switchyard', file);
    const pods = podsOf(objects);
    expect(pods).toHaveLength(2 * SERVICES.length);
    for (const pod of pods) {
      const policies = policiesFor(objects, pod);
      expect(policies, pod.owner).toHaveLength(1);
      expect(policies[0]?.policyTypes).toEqual(['Ingress', 'Egress']);
    }
  });

  it('no rule lets everybody in, and none lets a pod out on every port', () => {
    const objects = charts.objects('switchyard', file);
    for (const pod of podsOf(objects)) {
      for (const { ingress, egress } of policiesFor(objects, pod)) {
        for (const rule of ingress) expect(rule.from?.length, pod.owner).toBeGreaterThan(0);
        for (const rule of egress) expect(rule.ports?.length, pod.owner).toBeGreaterThan(0);
      }
    }
  });

  it("a migration's pod takes nothing in and reaches the database alone", () => {
    const objects = charts.objects('switchyard', file);
    for (const pod of podsOf(objects).filter(({ manifest }) => manifest.kind === 'Job')) {
      const [policy] = policiesFor(objects, pod);
      expect(policy?.ingress).toEqual([]);
      expect(policy?.egress.flatMap(({ ports = [] }) => ports.map(({ port }) => port))).toEqual([
        53, 53, 5432,
      ]);
    }
  });
});

it('the internet is never a way to private addresses or the metadata service', () => {
  for (const service of ['routing', 'connector']) {
    const blocks = policyOf('minimal', service).egress.flatMap(({ to = [] }) =>
      to.flatMap(({ ipBlock }) => ipBlock ?? []),
    );
    const [v4, v6] = blocks;
    expect(v4?.cidr).toBe('0.0.0.0/0');
    for (const range of [
      '10.0.0.0/8',
      '100.64.0.0/10',
      '127.0.0.0/8',
      '169.254.0.0/16',
      '172.16.0.0/12',
      '192.168.0.0/16',
    ]) {
      expect(v4?.except).toContain(range);
    }
    // Global unicast only: neither unique local (fc00::/7) nor link-local (fe80::/10) nor NAT64 (64:ff9b::/96) is in it.
    expect(v6?.cidr).toBe('2000::/3');
  }
});

it('only routing and connector reach the internet, and not when that is off', () => {
  const reaches = (file: ValuesFile, service: string) =>
    JSON.stringify(policyOf(file, service).egress).includes('0.0.0.0/0');
  expect(SERVICES.filter((service) => reaches('minimal', service))).toEqual(['routing', 'connector']);
  expect(SERVICES.filter((service) => reaches('hardened', service))).toEqual([]);
});

it('metrics are read by nobody where no scraper is named', () => {
  const opsRules = (file: ValuesFile) =>
    policyOf(file, 'routing').ingress.filter(({ ports = [] }) => ports.some(({ port }) => port === 'ops'));
  expect(opsRules('minimal')).toHaveLength(1);
  expect(opsRules('hardened')).toEqual([]);
});
