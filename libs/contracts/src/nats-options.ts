import { isIP } from 'node:net';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';

/** Where the bus is, and by what name it is to know the connection. */
export interface NatsAddress {
  /** `nats://[user:password@]host:port`, or `tls://…` for a connection by TLS or none at all. */
  readonly url: string;
  readonly name: string;
}

/** Options of the `nats` package. */
export interface NatsOptions {
  readonly servers: string;
  readonly name: string;
  readonly user?: string;
  readonly pass?: string;
  readonly tls?: NatsTlsOptions;
  readonly maxReconnectAttempts: number;
  readonly ignoreAuthErrorAbort: boolean;
  readonly reconnectTimeWait: number;
  readonly timeout: number;
  readonly pingInterval: number;
  readonly maxPingOut: number;
}

interface NatsTlsOptions {
  /** Never set; the one name that this type has in common with that of nats, which does not know the other. */
  readonly handshakeFirst?: boolean;
  readonly checkServerIdentity?: (name: string, certificate: PeerCertificate) => Error | undefined;
}

/** How the bus is connected to: for good, whatever happens in between. */
export function natsOptions({ url, name }: NatsAddress): NatsOptions {
  const { protocol, hostname, host, username, password } = new URL(url);
  return {
    servers: host,
    name,
    ...(username === '' ? {} : { user: decodeURIComponent(username), pass: decodeURIComponent(password) }),
    // Options of any kind make TLS a must. Without them nats upgrades where the server offers it, and else does without.
    ...(protocol === 'tls:' ? { tls: tlsOptions(hostname) } : {}),
    // nats gives up after 10 tries unless told otherwise.
    maxReconnectAttempts: -1,
    // And for good after the same refusal of a password twice, which a server that is being set up again may say.
    ignoreAuthErrorAbort: true,
    reconnectTimeWait: 250,
    timeout: 2_000,
    pingInterval: 10_000,
    maxPingOut: 2,
  };
}

/** nats gives Node no name for a host that is an address, and Node would then ask for a certificate of `localhost`. */
function tlsOptions(hostname: string): NatsTlsOptions {
  const host = hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) === 0) return {};
  return { checkServerIdentity: (_name, certificate) => checkServerIdentity(host, certificate) };
}
