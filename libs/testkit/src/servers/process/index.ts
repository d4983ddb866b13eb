/** Processes of this machine: told apart over reused pids, started with a log file, ended by ever harder means. */
export { type EndStep, endProcess, signalProcess } from './end-process.ts';
export { withFileLock } from './file-lock.ts';
export { freePort, isPortFree, LOOPBACK } from './free-port.ts';
export { identityOf, isAlive, ownIdentity, type ProcessIdentity } from './process-identity.ts';
export { sizeOf, tailOfLog } from './server-log.ts';
export { type ServerCommand, spawnServer } from './spawn-server.ts';
export { waitUntil } from './wait-until.ts';
