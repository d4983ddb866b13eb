import { expect, it } from 'vitest';
import type { Container, PodSpec, SecurityContext } from '../kubernetes.ts';
import { RESTRICTED_RULES, restrictedViolations } from './restricted.ts';

const CONTAINER: Container = {
  name: 'service',
  image: 'registry.example.com/service@sha256:0',
  securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
};
const POD: PodSpec = {
  securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  containers: [CONTAINER],
  volumes: [{ name: 'state', emptyDir: {} }],
};

const podWith = (over: Partial<PodSpec>): PodSpec => ({ ...POD, ...over });
const containerWith = (over: Partial<Container>): PodSpec =>
  podWith({ containers: [{ ...CONTAINER, ...over }] });
const securityWith = (over: SecurityContext): PodSpec =>
  containerWith({ securityContext: { ...CONTAINER.securityContext, ...over } });
const podSecurityWith = (over: SecurityContext): PodSpec =>
  podWith({ securityContext: { ...POD.securityContext, ...over } });

/** For each rule pods that break it and nothing else. */
const BREAKS: Readonly<Record<string, readonly PodSpec[]>> = {
  'baseline: HostProcess': [podSecurityWith({ windowsOptions: { hostProcess: true } })],
  'baseline: Host Namespaces': [
    podWith({ hostNetwork: true }),
    podWith({ hostPID: true }),
    podWith({ hostIPC: true }),
  ],
  'baseline: Privileged Containers': [securityWith({ privileged: true })],
  'baseline: Host Ports': [containerWith({ ports: [{ name: 'grpc', containerPort: 1, hostPort: 1 }] })],
  'baseline: Host Probes / Lifecycle Hooks': [
    containerWith({ livenessProbe: { httpGet: { path: '/', port: 1, host: '169.254.169.254' } } }),
    containerWith({ lifecycle: { preStop: { httpGet: { host: '10.0.0.1' } } } }),
  ],
  'baseline: AppArmor': [securityWith({ appArmorProfile: { type: 'Unconfined' } })],
  'baseline: SELinux': [
    securityWith({ seLinuxOptions: { type: 'spc_t' } }),
    podSecurityWith({ seLinuxOptions: { user: 'system_u' } }),
  ],
  'baseline: /proc Mount Type': [securityWith({ procMount: 'Unmasked' })],
  'baseline: Sysctls': [podSecurityWith({ sysctls: [{ name: 'kernel.msgmax', value: '1' }] })],
  'restricted: Volume Types': [podWith({ volumes: [{ name: 'host', hostPath: { path: '/' } }] })],
  'restricted: Privilege Escalation': [
    securityWith({ allowPrivilegeEscalation: true }),
    securityWith({ allowPrivilegeEscalation: undefined }),
  ],
  'restricted: Running as Non-root': [
    podSecurityWith({ runAsNonRoot: undefined }),
    securityWith({ runAsNonRoot: false }),
  ],
  'restricted: Running as Non-root user': [securityWith({ runAsUser: 0 }), podSecurityWith({ runAsUser: 0 })],
  'restricted: Seccomp': [
    podSecurityWith({ seccompProfile: {} }),
    securityWith({ seccompProfile: { type: 'Unconfined' } }),
  ],
  'restricted: Capabilities': [
    securityWith({ capabilities: {} }),
    securityWith({ capabilities: { drop: ['ALL'], add: ['SYS_ADMIN'] } }),
  ],
};

it('finds nothing in a pod that meets the standard', () => {
  expect(restrictedViolations(POD)).toEqual([]);
  expect(
    restrictedViolations(securityWith({ capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] } })),
  ).toEqual([]);
});

it.each(RESTRICTED_RULES)('finds a pod that breaks %s', (rule) => {
  const pods = BREAKS[rule] ?? [];
  expect(pods.length).toBeGreaterThan(0);
  for (const pod of pods) {
    const violations = restrictedViolations(pod);
    expect(violations.map((violation) => violation.rule)).toEqual([rule]);
  }
});

it('looks at init and ephemeral containers as at the others', () => {
  const privileged = { ...CONTAINER, securityContext: { ...CONTAINER.securityContext, privileged: true } };
  expect(restrictedViolations(podWith({ initContainers: [privileged] }))).toHaveLength(1);
  expect(restrictedViolations(podWith({ ephemeralContainers: [privileged] }))).toHaveLength(1);
});
