import type { EnvReader } from '../config/env-reader.ts';

/** What every service is configured with. */
export interface BaseConfig {
  /** Address to listen on. `<SERVICE>_HOST`, default 127.0.0.1: reachable from elsewhere only when an operator says so. */
  readonly host: string;
  /** `<SERVICE>_GRPC_PORT`. */
  readonly grpcPort: number;
  /** `<SERVICE>_OPS_PORT`, default gRPC port + 1000: `/metrics`, `/livez`, `/readyz`. */
  readonly opsPort: number;
  /** `SWITCHYARD_LOG_LEVEL`, default `info`. */
  readonly logLevel: string;
  /** `NATS_URL`, default nats://127.0.0.1:4222. `tls://` insists on TLS. */
  readonly natsUrl: string;
  /** `SWITCHYARD_SUBJECT_PREFIX`, default `switchyard`. */
  readonly subjectPrefix: string;
  /** `SWITCHYARD_CREDENTIAL_ADDRESS`, where keys are checked. */
  readonly credentialAddress: string;
  /** `<SERVICE>_API_KEY`: the key this service calls others with. */
  readonly apiKey: string;
  /** `<SERVICE>_MAX_REQUEST_BYTES`, default 128 MiB: requests under way may have so many bytes together. */
  readonly maxRequestBytes: number;
  /** `<SERVICE>_DRAIN_WAIT_MS`, default 0: how long to wait after readiness went off, for load balancers to notice. */
  readonly drainWaitMs: number;
  /** `<SERVICE>_DRAIN_GRACE_MS`, default 25,000: how long calls under way may take to end. */
  readonly drainGraceMs: number;
}

const MIB = 1024 ** 2;

/** Reads what every service is configured with. `prefix` is the service's own, for example `ROUTING`. */
export function readBaseConfig(
  reader: EnvReader,
  { prefix, grpcPort }: { prefix: string; grpcPort: number },
): BaseConfig {
  const port = reader.port(`${prefix}_GRPC_PORT`, grpcPort);
  return {
    host: reader.text(`${prefix}_HOST`, '127.0.0.1'),
    grpcPort: port,
    opsPort: reader.port(`${prefix}_OPS_PORT`, port === 0 ? 0 : port + 1000),
    logLevel: reader.choice(
      'SWITCHYARD_LOG_LEVEL',
      ['trace', 'debug', 'info', 'warn', 'error', 'silent'],
      'info',
    ),
    natsUrl: readNatsUrl(reader),
    subjectPrefix: reader.text('SWITCHYARD_SUBJECT_PREFIX', 'switchyard'),
    credentialAddress: reader.text('SWITCHYARD_CREDENTIAL_ADDRESS', '127.0.0.1:7004'),
    apiKey: reader.text(`${prefix}_API_KEY`),
    maxRequestBytes: reader.integer(`${prefix}_MAX_REQUEST_BYTES`, {
      fallback: 128 * MIB,
      min: 64 * MIB,
      max: 64 * 1024 * MIB,
    }),
    drainWaitMs: reader.integer(`${prefix}_DRAIN_WAIT_MS`, { fallback: 0, min: 0, max: 60_000 }),
    drainGraceMs: reader.integer(`${prefix}_DRAIN_GRACE_MS`, { fallback: 25_000, min: 0, max: 900_000 }),
  };
}

function readNatsUrl(reader: EnvReader): string {
  const url = reader.url('NATS_URL', ['nats', 'tls'], 'nats://127.0.0.1:4222');
  // Such as `tls:host`: the client would go to a server of its own choice.
  if (URL.parse(url)?.hostname === '')
    reader.problem('NATS_URL must name a host, as in tls://nats.example:4222');
  return url;
}
