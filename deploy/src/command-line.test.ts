import { expect, it } from 'vitest';
import { parseCommandLine } from './command-line.ts';

it.each([
  [['start'], { kind: 'start', mode: 'foreground' }],
  [['start', '--detach'], { kind: 'start', mode: 'detached' }],
  [['stop'], { kind: 'stop' }],
  [['status'], { kind: 'status', format: 'table' }],
  [['status', '--json'], { kind: 'status', format: 'json' }],
  [['start', '--help'], { kind: 'help' }],
])('reads %j', (args, command) => {
  expect(parseCommandLine(args)).toEqual(command);
});

it.each([
  [['start', '--detatch'], 'start does not take "--detatch"'],
  [['start', '--detach', 'now'], 'start does not take "--detach now"'],
  [['stop', '--force'], 'stop does not take "--force"'],
  [['toString'], 'there is no command "toString"'],
  [['start', 'constructor'], 'start does not take "constructor"'],
  [[], 'there is no command ""'],
])('refuses %j by name', (args, why) => {
  expect(parseCommandLine(args)).toEqual({ kind: 'wrong', why });
});
