import type { Capability, Operation, OperationKind } from '@switchyard/llm';
import type { Check } from '../request/validate-requirements.ts';
import { chat } from './chat.ts';
import { draw } from './draw.ts';
import { embed } from './embed.ts';
import { moderate } from './moderate.ts';
import type { OperationRules, OperationSize } from './operation-rules.ts';
import { rerank } from './rerank.ts';
import { speak } from './speak.ts';
import { transcribe } from './transcribe.ts';

const RULES: { readonly [Kind in OperationKind]: OperationRules<Kind> } = {
  chat,
  embed,
  rerank,
  moderate,
  draw,
  speak,
  transcribe,
};

/** Checks what is special to the kind of work. */
export function checkOperation<Kind extends OperationKind>(
  { kind, request }: Operation<Kind>,
  check: Check,
): void {
  rulesOf(kind).validate(request, check);
}

/** What a model must be able to do, from the request's content. */
export function capabilitiesNeeded<Kind extends OperationKind>(
  { kind, request }: Operation<Kind>,
  mode: { readonly stream: boolean },
): Iterable<Capability> {
  return rulesOf(kind).capabilitiesOf(request, mode);
}

/** How large a request is. */
export function sizeOfOperation<Kind extends OperationKind>({
  kind,
  request,
}: Operation<Kind>): OperationSize {
  return rulesOf(kind).sizeOf(request);
}

const rulesOf = <Kind extends OperationKind>(kind: Kind): OperationRules<Kind> => RULES[kind];
