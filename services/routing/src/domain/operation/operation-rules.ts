import type { Capability, OperationKind, OperationRequests, WholeUnit } from '@switchyard/llm';
import type { Check } from '../request/validate-requirements.ts';

/** What deciding and booking must know of one kind of work. */
export interface OperationRules<Kind extends OperationKind> {
  /** Checks what this kind of work has beside the fields that all have. */
  validate(request: OperationRequests[Kind], check: Check): void;
  /** What a model must be able to do, from the request's content. */
  capabilitiesOf(request: OperationRequests[Kind], mode: { readonly stream: boolean }): Iterable<Capability>;
  /** How large the request is. */
  sizeOf(request: OperationRequests[Kind]): OperationSize;
}

/** How large a request is. */
export interface OperationSize {
  /** Expected tokens of input. */
  readonly estimatedInputTokens: number;
  /** Upper bound of the tokens of input; `Infinity` where there is none. */
  readonly inputTokenBound: number;
  /** Expected tokens of input that must fit into one context of the model. */
  readonly estimatedContextTokens: number;
  /** How many contexts there are: inputs that the model sees each by itself. */
  readonly contexts: number;
  /** Most tokens of output: what the caller set, 0 where nothing is written, undefined where the provider decides. */
  readonly maxOutputTokens: number | undefined;
  /** What it is charged by at offerings with a price of it: the first that has one. Default: tokens only. */
  readonly units?: readonly UnitSize[];
  /** What is taken for the output where nobody reports it. Default: the text that was delivered. */
  readonly untoldOutput?: 'unknown';
}

/** How large a request is in a unit that takes the place of tokens. */
export interface UnitSize {
  readonly unit: WholeUnit;
  /** undefined where its price is not known, whatever the offering's price list says: then nothing is estimated. */
  readonly expected: number | undefined;
  /** `Infinity` where there is no bound. */
  readonly most: number;
}
