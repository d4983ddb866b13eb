import type { ToolCall, ToolResult } from '@switchyard/contracts/routing';

/**
 * Names of the tool calls seen so far, by id: on the wire a result is matched by the name of its function. Calls and
 * results must be shown to it in the order of the conversation.
 */
export class CallNames {
  readonly #names = new Map<string, string>();

  add({ id, name }: ToolCall): void {
    this.#names.set(id, name);
  }

  /** Name of the function that a result is of; `undefined` where neither it nor an earlier call says so. */
  nameOf({ name, toolCallId }: ToolResult): string | undefined {
    return name === '' ? this.#names.get(toolCallId) : name;
  }
}
