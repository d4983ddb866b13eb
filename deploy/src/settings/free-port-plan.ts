import { randomInt } from 'node:crypto';
import { isPortFree } from '@switchyard/testkit/processes';
import type { PortPlan } from './port-plan.ts';

/** Below the range that systems give to outgoing connections: a port stays ours while its process is down for a restart. */
const FIRST_PORT = 15_000;
const LAST_PORT = 31_999;
const MAX_TRIES = 2_000;

/** Handed out by this process: whoever has one may not listen on it yet, so that only this says that it is taken. */
const handedOut = new Set<number>();

/** So many different ports of 127.0.0.1 that are free now, and that nobody else of this process was given. */
export async function freePorts(count: number): Promise<number[]> {
  const found = new Set<number>();
  for (let tries = 0; found.size < count; tries++) {
    if (tries === MAX_TRIES) throw new Error(`no ${count} free ports from ${FIRST_PORT} to ${LAST_PORT}`);
    const port = randomInt(FIRST_PORT, LAST_PORT + 1);
    if (handedOut.has(port) || !(await isPortFree(port))) continue;
    handedOut.add(port);
    found.add(port);
  }
  return [...found];
}

/** A plan of ports that are free now, for tests that run side by side. */
export async function freePortPlan(): Promise<PortPlan> {
  const ports = await freePorts(16);
  const next = () => ports.pop() as number;
  const service = () => ({ grpc: next(), ops: next() });
  return {
    services: {
      routing: service(),
      'health-probe': service(),
      'cost-accounting': service(),
      credential: service(),
      connector: service(),
    },
    http: next(),
    healthHttp: next(),
    simulator: next(),
    nats: next(),
    postgres: next(),
    redis: next(),
  };
}
