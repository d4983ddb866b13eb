/**
 * A process for tests that starts a server, says so on stdout, and waits to be killed.
 * Usage: node hold-server.ts <kind> <folder, or "" for a temporary one>
 */
import { startNats, startPostgres, startRedis } from '../index.ts';
import type { ServerKind } from '../server-handle.ts';

const [, , kind, dataDir] = process.argv;
const start = { nats: startNats, postgres: startPostgres, redis: startRedis }[kind as ServerKind];
const server = await start(dataDir ? { dataDir } : {});
process.stdout.write(`${JSON.stringify({ pid: server.pid, url: server.url })}\n`);
setInterval(() => {}, 60_000);
