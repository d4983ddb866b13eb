import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { DEFAULT_PORTS } from '../settings/port-plan.ts';
import { devEnv, renderDevEnv } from './dev-env.ts';

const urls = { nats: 'nats://n', postgres: 'postgres://p', redis: 'redis://r' };

it('holds every variable that is promised', () => {
  expect(Object.keys(devEnv({ apiKey: 'sy_x', ports: DEFAULT_PORTS, urls }))).toEqual([
    'SWITCHYARD_API_KEY',
    'SWITCHYARD_HTTP_URL',
    'SWITCHYARD_HEALTH_HTTP_URL',
    'SWITCHYARD_GRPC_ADDRESS',
    'SWITCHYARD_SIMULATOR_URL',
    'DATABASE_URL',
    'NATS_URL',
    'REDIS_URL',
    'SWITCHYARD_ROUTING_ADDRESS',
    'SWITCHYARD_HEALTH_PROBE_ADDRESS',
    'SWITCHYARD_COST_ACCOUNTING_ADDRESS',
    'SWITCHYARD_CREDENTIAL_ADDRESS',
    'SWITCHYARD_CONNECTOR_ADDRESS',
  ]);
});

it('gives a shell that sources it, and the programs started there, each value as it is', () => {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-dev-env-'));
  try {
    const value = `it's $HOME \`id\` "quoted" \\ $(id)`;
    writeFileSync(join(folder, 'dev.env'), renderDevEnv({ SWITCHYARD_API_KEY: value }));
    const program = 'process.stdout.write(process.env.SWITCHYARD_API_KEY)';
    const script = `. ./dev.env; '${process.execPath}' -e '${program}'`;
    expect(execFileSync('sh', ['-c', script], { cwd: folder, encoding: 'utf8' })).toBe(value);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
