import type { Container, PodSpec, SecurityContext } from '../kubernetes.ts';

// The restricted Pod Security Standard, which includes the baseline one, rule by rule as
// https://kubernetes.io/docs/concepts/security/pod-security-standards/ lists them (Kubernetes 1.34). Windows' are left out
// but for HostProcess.

/** A rule that a pod breaks. */
export interface Violation {
  readonly rule: string;
  /** Where, for example `containers[0].securityContext.privileged`. */
  readonly field: string;
}

type PodRule = (pod: PodSpec) => readonly string[];

const ALLOWED_VOLUMES = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
]);
const SAFE_SYSCTLS = new Set([
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
]);
const SELINUX_TYPES = new Set([
  undefined,
  '',
  'container_t',
  'container_init_t',
  'container_kvm_t',
  'container_engine_t',
]);
const SECCOMP_TYPES = new Set<unknown>(['RuntimeDefault', 'Localhost']);
const PROBES = ['livenessProbe', 'readinessProbe', 'startupProbe'] as const;

interface NamedContainer {
  readonly field: string;
  readonly container: Container;
  readonly security: SecurityContext;
}

function containersOf(pod: PodSpec): NamedContainer[] {
  return (['containers', 'initContainers', 'ephemeralContainers'] as const).flatMap((kind) =>
    (pod[kind] ?? []).map((container, index) => ({
      field: `${kind}[${index}]`,
      container,
      security: container.securityContext ?? {},
    })),
  );
}

/** A rule on each container. */
const eachContainer =
  (field: string, isBroken: (named: NamedContainer, pod: PodSpec) => boolean): PodRule =>
  (pod) =>
    containersOf(pod)
      .filter((named) => isBroken(named, pod))
      .map((named) => `${named.field}.${field}`);

/** A rule on what may be said for the pod and for each container. */
const eachContext =
  (field: string, isBroken: (context: SecurityContext) => boolean): PodRule =>
  (pod) => [
    ...(isBroken(pod.securityContext ?? {}) ? [`securityContext.${field}`] : []),
    ...containersOf(pod)
      .filter(({ security }) => isBroken(security))
      .map((named) => `${named.field}.securityContext.${field}`),
  ];

const RULES: Readonly<Record<string, PodRule>> = {
  'baseline: HostProcess': eachContext(
    'windowsOptions.hostProcess',
    ({ windowsOptions }) => (windowsOptions as { hostProcess?: boolean } | undefined)?.hostProcess === true,
  ),
  'baseline: Host Namespaces': (pod) =>
    ['hostNetwork', 'hostPID', 'hostIPC'].filter((field) => pod[field] === true),
  'baseline: Privileged Containers': eachContainer(
    'securityContext.privileged',
    ({ security }) => security.privileged === true,
  ),
  'baseline: Host Ports': eachContainer('ports', ({ container }) =>
    (container.ports ?? []).some(({ hostPort }) => hostPort !== undefined && hostPort !== 0),
  ),
  'baseline: Host Probes / Lifecycle Hooks': eachContainer(
    'httpGet.host',
    ({ container }) =>
      PROBES.some((probe) => (container[probe]?.httpGet?.host ?? '') !== '') ||
      JSON.stringify(container.lifecycle ?? {}).includes('"host":'),
  ),
  'baseline: AppArmor': eachContext(
    'appArmorProfile.type',
    ({ appArmorProfile }) => (appArmorProfile as { type?: string } | undefined)?.type === 'Unconfined',
  ),
  'baseline: SELinux': eachContext('seLinuxOptions', ({ seLinuxOptions }) => {
    const { type, user, role } = (seLinuxOptions ?? {}) as { type?: string; user?: string; role?: string };
    return !SELINUX_TYPES.has(type) || Boolean(user) || Boolean(role);
  }),
  'baseline: /proc Mount Type': eachContainer(
    'securityContext.procMount',
    ({ security }) => security.procMount !== undefined && security.procMount !== 'Default',
  ),
  'baseline: Sysctls': (pod) => {
    const sysctls = (pod.securityContext?.sysctls ?? []) as readonly { name: string }[];
    return sysctls
      .filter(({ name }) => !SAFE_SYSCTLS.has(name))
      .map(({ name }) => `securityContext.sysctls ${name}`);
  },
  'restricted: Volume Types': (pod) =>
    (pod.volumes ?? []).flatMap(({ name, ...types }) =>
      Object.keys(types)
        .filter((type) => !ALLOWED_VOLUMES.has(type))
        .map((type) => `volumes ${name}.${type}`),
    ),
  'restricted: Privilege Escalation': eachContainer(
    'securityContext.allowPrivilegeEscalation',
    ({ security }) => security.allowPrivilegeEscalation !== false,
  ),
  'restricted: Running as Non-root': eachContainer(
    'securityContext.runAsNonRoot',
    ({ security }, pod) => (security.runAsNonRoot ?? pod.securityContext?.runAsNonRoot) !== true,
  ),
  'restricted: Running as Non-root user': eachContext('runAsUser', ({ runAsUser }) => runAsUser === 0),
  'restricted: Seccomp': eachContainer(
    'securityContext.seccompProfile.type',
    ({ security }, pod) =>
      !SECCOMP_TYPES.has(security.seccompProfile?.type ?? pod.securityContext?.seccompProfile?.type),
  ),
  'restricted: Capabilities': eachContainer(
    'securityContext.capabilities',
    ({ security: { capabilities } }) =>
      !(capabilities?.drop ?? []).includes('ALL') ||
      (capabilities?.add ?? []).some((added) => added !== 'NET_BIND_SERVICE'),
  ),
};

/** Every rule by its name, for a test of each. */
export const RESTRICTED_RULES: readonly string[] = Object.keys(RULES);

/** What a pod breaks of the restricted standard; nothing where it meets it. */
export function restrictedViolations(pod: PodSpec): readonly Violation[] {
  return Object.entries(RULES).flatMap(([rule, check]) => check(pod).map((field) => ({ rule, field })));
}
