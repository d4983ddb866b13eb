import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { freePortPlan, freePorts } from './free-port-plan.ts';
import { DEFAULT_PORTS, plannedPorts, portConflicts, portsInUse } from './port-plan.ts';

it('plans every port once, and none for servers that are given', () => {
  expect(plannedPorts(DEFAULT_PORTS, {}).map(({ port }) => port)).toEqual([
    7001, 8001, 7002, 8002, 7003, 8003, 7004, 8004, 7005, 8005, 7080, 7082, 7070, 4222, 5432, 6379,
  ]);
  const given = { nats: 'nats://elsewhere', redis: 'redis://elsewhere' };
  const owners = plannedPorts(DEFAULT_PORTS, given).map(({ owner }) => owner);
  expect(owners).toContain('PostgreSQL');
  expect(owners).not.toContain('NATS');
  expect(owners).not.toContain('Redis');
});

it('names the variables that want the same port', () => {
  const plan = { ...DEFAULT_PORTS, simulator: 7080 };
  expect(portConflicts(plannedPorts(plan, {}))).toEqual([
    'port 7080 is asked for by ROUTING_HTTP_PORT and SIMULATOR_PORT: give each its own',
  ]);
  expect(portConflicts(plannedPorts(DEFAULT_PORTS, {}))).toEqual([]);
});

it('names what a taken port is wanted for, and the ways out', async () => {
  const plan = await freePortPlan();
  expect(await portsInUse(plannedPorts(plan, {}))).toEqual([]);
  const servers = [createServer(), createServer()];
  await Promise.all(
    [plan.http, plan.postgres].map(
      (port, at) => new Promise<void>((resolve) => servers[at]?.listen(port, '127.0.0.1', resolve)),
    ),
  );
  try {
    expect(await portsInUse(plannedPorts(plan, {}))).toEqual([
      `port ${plan.http}, wanted for routing (HTTP), is in use: stop what listens there, or set ROUTING_HTTP_PORT to another port`,
      `port ${plan.postgres}, wanted for PostgreSQL, is in use: stop what listens there, or set SWITCHYARD_POSTGRES_PORT to another port, or set DATABASE_URL to use the server that listens there`,
    ]);
  } finally {
    for (const server of servers) server.close();
  }
});

it('finds as many different free ports as are asked for, and gives none twice', async () => {
  const ports = [...(await freePorts(400)), ...(await freePorts(400))];
  expect(new Set(ports).size).toBe(800);
  expect(ports.every((port) => port >= 15_000 && port < 32_000)).toBe(true);
});
