/** A TCP proxy that misbehaves on demand. */
export { startTcpProxy, type TcpProxy, type TcpProxyOptions } from './tcp-proxy.ts';
export type { Toxic } from './toxic.ts';
