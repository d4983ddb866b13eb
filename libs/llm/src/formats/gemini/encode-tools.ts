import { type CompleteRequest, type Tool, ToolChoice_Mode } from '@switchyard/contracts/routing';
import { parseJsonObject } from '../json.ts';

/** `tools`: one tool that holds all functions; `undefined` for none. */
export function encodeTools(tools: readonly Tool[]): object[] | undefined {
  if (tools.length === 0) return undefined;
  return [{ functionDeclarations: tools.map(encodeDeclaration) }];
}

function encodeDeclaration({ name, description, parametersJsonSchema }: Tool): object {
  return {
    name,
    description: description === '' ? undefined : description,
    parametersJsonSchema: parametersJsonSchema === '' ? undefined : parseJsonObject(parametersJsonSchema),
  };
}

/** `toolConfig`; `undefined` leaves the choice to the model. */
export function encodeToolConfig({ tools, toolChoice }: CompleteRequest): object | undefined {
  if (tools.length === 0) return undefined;
  const functionCallingConfig = encodeCalling(tools, toolChoice);
  return functionCallingConfig === undefined ? undefined : { functionCallingConfig };
}

function encodeCalling(
  tools: readonly Tool[],
  toolChoice: CompleteRequest['toolChoice'],
): object | undefined {
  switch (toolChoice?.mode) {
    case ToolChoice_Mode.NONE:
      return { mode: 'NONE' };
    case ToolChoice_Mode.REQUIRED:
      return { mode: 'ANY' };
    case ToolChoice_Mode.NAMED:
      return { mode: 'ANY', allowedFunctionNames: [toolChoice.name] };
    default:
      // The model decides as with AUTO, but calls must keep to their schemas, as they do with ANY.
      if (tools.some(({ strict }) => strict)) return { mode: 'VALIDATED' };
      return toolChoice?.mode === ToolChoice_Mode.AUTO ? { mode: 'AUTO' } : undefined;
  }
}
