/**
 * The provider simulator: it speaks the true wire formats, counts what it served, and fails on command.
 * See the README beside this file.
 */
export { countTokens } from './answer/tokens.ts';
export type * from './faults/fault.ts';
export { ATTEMPT_ID_HEADER } from './http/attempt.ts';
export type * from './latency/latency-options.ts';
export type * from './options/simulator-options.ts';
export { WIRE_FORMAT_NAMES } from './options/simulator-options.ts';
export { type OptionIssue, SimulatorOptionsError } from './options/simulator-options-error.ts';
export type * from './simulator.ts';
export { startSimulator } from './start-simulator.ts';
export type * from './stats/simulator-stats.ts';
