import { err, type Result } from '@switchyard/kernel';
import type { HttpAnswer, SendableRequest } from '../formats/http-message.ts';
import type { ProviderError } from '../formats/provider-error.ts';
import type { Unsupported } from '../formats/unsupported.ts';
import type { EncodeInput, WireFormat } from '../formats/wire-format.ts';
import type { Operation, OperationAnswers, OperationKind } from './operation.ts';
import type { OperationFormat, PlainOperationKind } from './operation-format.ts';

/** What a provider is to be asked, whatever kind of work it is. */
export interface OperationInput extends Omit<EncodeInput, 'request'> {
  readonly operation: Operation;
}

/** The first thing in the request that a wire format cannot express, the kind of work itself included. */
export function findUnsupportedOperation(
  format: WireFormat,
  { operation, model, maxOutputTokens, stream, dialect, traits }: OperationInput,
): Unsupported | undefined {
  // Named one by one: decisions ask often, and a copy of "the rest" takes several times as long.
  const settings = { model, maxOutputTokens, stream, dialect, traits };
  if (operation.kind === 'chat') return format.findUnsupported({ ...settings, request: operation.request });
  const spoken = formatOf(format, operation.kind);
  if (spoken === undefined) return notOffered(format, operation.kind);
  return spoken.findUnsupported({ ...settings, request: operation.request });
}

/** What of model id and output limit matters to {@link findUnsupportedOperation}; see `WireFormat.unsupportedVariant`. */
export function unsupportedVariant(
  format: WireFormat,
  { operation, model, maxOutputTokens }: Pick<OperationInput, 'operation' | 'model' | 'maxOutputTokens'>,
): string | number | undefined {
  // Other kinds of work have no limit of their output, and a model is not known by its id.
  if (operation.kind !== 'chat') return undefined;
  return format.unsupportedVariant({ request: operation.request, model, maxOutputTokens });
}

/** The request as HTTP, or the first thing in it that cannot be expressed. */
export function encodeOperation(
  format: WireFormat,
  { operation, ...settings }: OperationInput,
): Result<SendableRequest, Unsupported> {
  if (operation.kind === 'chat') return format.encodeRequest({ ...settings, request: operation.request });
  const spoken = formatOf(format, operation.kind);
  if (spoken === undefined) return err(notOffered(format, operation.kind));
  return spoken.encodeRequest({ ...settings, request: operation.request });
}

/** What a whole answer to the request means. */
export function decodeOperation<Kind extends OperationKind>(
  format: WireFormat,
  { kind, request }: Operation<Kind>,
  answer: HttpAnswer,
): Result<OperationAnswers[Kind], ProviderError> {
  // TypeScript does not see that kind and request belong together (microsoft/TypeScript#30581).
  const decode = kind === 'chat' ? format.decodeResponse : formatOf(format, kind)?.decodeResponse;
  return (decode as OperationFormat<never>['decodeResponse'])(answer, request as never);
}

function formatOf<Kind extends PlainOperationKind>(
  { operations }: WireFormat,
  kind: Kind,
): OperationFormat<Kind> | undefined {
  return operations?.[kind];
}

const notOffered = ({ id }: WireFormat, kind: PlainOperationKind): Unsupported => ({
  field: NAMES[kind].field,
  description: `${NAMES[kind].plural} are not offered by way of ${id}; ask for a model of a provider that offers them`,
});

const NAMES: Readonly<Record<PlainOperationKind, { readonly field: string; readonly plural: string }>> = {
  embed: { field: 'inputs', plural: 'embeddings' },
  rerank: { field: 'documents', plural: 'rankings' },
  moderate: { field: 'inputs', plural: 'moderations' },
  draw: { field: 'prompt', plural: 'images' },
  speak: { field: 'text', plural: 'speeches' },
  transcribe: { field: 'audio', plural: 'transcriptions' },
};
