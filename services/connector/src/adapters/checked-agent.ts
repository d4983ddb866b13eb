import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { HostAndPort } from '@switchyard/kernel';
import { Agent, type buildConnector } from 'undici';
import type { AddressGuard } from './address-guard.ts';
import { tlsOptions } from './tls-options.ts';

/** Longest wait for a connection, in milliseconds; a call's own limit may be shorter. */
const CONNECT_TIMEOUT_MS = 10_000;
/** Idle connections are closed after this. */
const KEEP_ALIVE_MS = 10_000;
const MAX_HEADER_BYTES = 16_384;

/** What a connection is made by. */
export interface CheckedAgentOptions {
  readonly guard: AddressGuard;
  /** PEM of further authorities; undefined: the usual ones only. */
  readonly extraCa: string | undefined;
}

/** An HTTP client whose every connection passes the guard. It follows no redirects and knows no proxies. */
export function createCheckedAgent(options: CheckedAgentOptions): Agent {
  return new Agent({
    connect: (target, callback) => {
      open(target, options).then(
        (socket) => callback(null, socket),
        (error: Error) => callback(error, null),
      );
    },
    pipelining: 1,
    allowH2: false,
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: KEEP_ALIVE_MS,
    maxHeaderSize: MAX_HEADER_BYTES,
  });
}

async function open(
  { hostname, protocol, port }: buildConnector.Options,
  { guard, extraCa }: CheckedAgentOptions,
): Promise<Socket> {
  const isTls = protocol === 'https:';
  const host = hostname.replace(/^\[|\]$/g, '');
  const target: HostAndPort = { host, port: port === '' ? (isTls ? 443 : 80) : Number(port) };
  const dial = await guard.dial(target);
  const socket = isTls ? connectTls({ ...dial, ...tlsOptions(host, extraCa) }) : connectTcp(dial);
  return opened(socket, isTls ? 'secureConnect' : 'connect');
}

function opened<T extends Socket>(socket: T, event: 'connect' | 'secureConnect'): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => socket.destroy(timedOut()), CONNECT_TIMEOUT_MS);
    const failed = (error: Error) => {
      clearTimeout(timer);
      reject(error);
    };
    socket.once('error', failed);
    socket.once(event, () => {
      clearTimeout(timer);
      socket.off('error', failed);
      socket.setNoDelay(true);
      resolve(socket);
    });
  });
}

function timedOut(): Error {
  return Object.assign(new Error('no connection in time'), { code: 'ETIMEDOUT' });
}
