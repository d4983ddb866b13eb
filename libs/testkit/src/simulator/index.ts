/**
 * The provider simulator: it speaks the true wire formats, counts what it served, and fails on command.
 * See the README beside this file.
 */
export type * from './faults/fault.ts';
export type * from './latency/latency-options.ts';
export type * from './options/simulator-options.ts';
export { SimulatorOptionsError } from './options/simulator-options-error.ts';
export type * from './simulator.ts';
export { startSimulator } from './start-simulator.ts';
export type * from './stats/simulator-stats.ts';
