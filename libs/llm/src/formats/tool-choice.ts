import { type CompleteRequest, ToolChoice_Mode } from '@switchyard/contracts/routing';
import type { Unsupported } from './unsupported.ts';

/** Whether a tool must be called. */
export const isForced = (mode: ToolChoice_Mode | undefined): boolean =>
  mode === ToolChoice_Mode.REQUIRED || mode === ToolChoice_Mode.NAMED;

/** A tool must be called, and none is offered. */
export function findChoiceWithoutTools({ toolChoice, tools }: CompleteRequest): Unsupported | undefined {
  return isForced(toolChoice?.mode) && tools.length === 0
    ? { field: 'tool_choice', description: 'needs tools' }
    : undefined;
}
