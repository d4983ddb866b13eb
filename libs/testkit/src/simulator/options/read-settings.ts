import type { FaultSetting } from '../faults/fault.ts';
import { batchSettingShape, faultSettingShape, latencySettingShape } from '../faults/fault-shape.ts';
import type { LatencyOptions } from '../latency/latency-options.ts';
import { checkShape } from '../shape/check-shape.ts';
import type { Shape } from '../shape/shape.ts';
import type { LatencySetting } from '../simulator.ts';
import { describeProblem } from './describe-problem.ts';
import { optionsShape } from './options-shape.ts';
import type { BatchSetting, SimulatorOptions } from './simulator-options.ts';
import { type OptionIssue, SimulatorOptionsError } from './simulator-options-error.ts';

/** Reads fault rules from JSON or code. @throws SimulatorOptionsError naming the field. */
export function readFaultSetting(value: unknown): FaultSetting {
  const setting = read<FaultSetting>(faultSettingShape, value);
  refuse(setting.rules.flatMap(({ fault }, at) => delayIssues(fault, `rules[${at}].fault`)));
  return setting;
}

/** Reads what is to happen to batches, from JSON or code. @throws SimulatorOptionsError naming the field. */
export const readBatchSetting = (value: unknown): BatchSetting =>
  read<BatchSetting>(batchSettingShape, value);

/** Reads a latency setting from JSON or code. @throws SimulatorOptionsError naming the field. */
export function readLatencySetting(value: unknown): LatencySetting {
  const setting = read<LatencySetting>(latencySettingShape, value);
  refuse(latencyIssues(setting.latency, 'latency'));
  return setting;
}

/** Reads the options of a whole simulator. @throws SimulatorOptionsError naming each field that is wrong. */
export function readOptions(value: unknown): SimulatorOptions {
  const options = read<SimulatorOptions>(optionsShape, value);
  refuse(
    (options.providers ?? []).flatMap((provider, at) => [
      ...nameIssues(options, at),
      ...latencyIssues(provider.latency ?? {}, `providers[${at}].latency`),
      ...(provider.faults ?? []).flatMap(({ fault }, rule) =>
        delayIssues(fault, `providers[${at}].faults[${rule}].fault`),
      ),
    ]),
  );
  return options;
}

function read<T>(shape: Shape, value: unknown): T {
  const checked = checkShape<T>({ shape, value });
  if (!checked.ok) throw new SimulatorOptionsError([describeProblem(checked.problem)]);
  return checked.value;
}

function refuse(issues: readonly OptionIssue[]): void {
  if (issues.length > 0) throw new SimulatorOptionsError(issues);
}

const RESERVED_NAMES: readonly string[] = ['control', 'stats'];

function nameIssues({ providers = [] }: SimulatorOptions, at: number): OptionIssue[] {
  const name = providers[at]?.name ?? '';
  const field = `providers[${at}].name`;
  const first = providers.findIndex((provider) => provider.name === name);
  if (first < at) return [{ field, message: `'${name}' is taken by providers[${first}]` }];
  return RESERVED_NAMES.includes(name)
    ? [{ field, message: `'${name}' is a path of the simulator's own` }]
    : [];
}

function delayIssues(fault: FaultSetting['rules'][number]['fault'], field: string): OptionIssue[] {
  return fault.type === 'delay' ? latencyIssues(fault, field) : [];
}

function latencyIssues(latency: LatencyOptions, field: string): OptionIssue[] {
  return (['firstTokenMs', 'perTokenMs'] as const).flatMap((key) => {
    const distribution = latency[key];
    const reversed =
      typeof distribution === 'object' &&
      distribution.kind === 'uniform' &&
      distribution.minMs > distribution.maxMs;
    return reversed ? [{ field: `${field}.${key}.minMs`, message: 'must not be above maxMs' }] : [];
  });
}
