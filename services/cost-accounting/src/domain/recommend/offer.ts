import { nanoUsdPerMillion, rate } from '@switchyard/kernel';
import type { ModelUse } from './recommendation.ts';

/** A model that a configured provider offers. */
export interface Offer {
  readonly provider: string;
  readonly model: string;
  /** Owner of the provider; '' for the installation. */
  readonly tenant: string;
  /** Shared by offerings of the same model; '' where it is not known. */
  readonly canonicalModel: string;
  readonly capabilities: ReadonlySet<string>;
  readonly contextTokens: number | undefined;
  readonly maxOutputTokens: number | undefined;
  /** Nano-USD per million tokens; undefined: unknown. */
  readonly input: bigint | undefined;
  readonly output: bigint | undefined;
  /** undefined: as output. */
  readonly reasoning: bigint | undefined;
  /** Whether more is charged than per token, or more per token for long inputs. */
  readonly chargedOtherwise: boolean;
  /** Everywhere that a request may be processed; empty: unknown. */
  readonly residency: ReadonlySet<string>;
  readonly tags: ReadonlySet<string>;
  readonly simulated: boolean;
}

/** What tokens are charged by. */
export type TokenPrices = Pick<Offer, 'input' | 'output' | 'reasoning' | 'chargedOtherwise'>;

/** What tokens would have cost there, all input at its full price; undefined where that is not known or not all of it. */
export function costAt(
  { input, output, reasoning = output, chargedOtherwise }: TokenPrices,
  {
    inputTokens,
    outputTokens,
    reasoningTokens,
  }: Pick<ModelUse, 'inputTokens' | 'outputTokens' | 'reasoningTokens'>,
): bigint | undefined {
  if (input === undefined || output === undefined || reasoning === undefined || chargedOtherwise)
    return undefined;
  return (
    rate(inputTokens, nanoUsdPerMillion(input)) +
    rate(outputTokens - reasoningTokens, nanoUsdPerMillion(output)) +
    rate(reasoningTokens, nanoUsdPerMillion(reasoning))
  );
}

/** A model whose prices are below a quarter is taken for one of a smaller size, whatever it states. */
const SAME_SIZE = 4n;

/**
 * How far one offer may stand in for another by what both state. Whatever is known of the present one must be stated of the other: its
 * capabilities, its context and output, where it is processed, its tags. `same_model`: both are the same canonical model. `same_statements`: another
 * model of about the same size, told by its prices, since nobody states sizes: context and output must be known of both.
 */
export function equivalence(present: Offer, other: Offer): 'same_model' | 'same_statements' | undefined {
  if (!statesAllOf(present, other)) return undefined;
  if (present.canonicalModel !== '' && present.canonicalModel === other.canonicalModel) return 'same_model';
  const isKnown =
    present.capabilities.size > 0 &&
    present.contextTokens !== undefined &&
    present.maxOutputTokens !== undefined;
  const ofSize = isOfSize(present.input, other.input) && isOfSize(present.output, other.output);
  return isKnown && ofSize ? 'same_statements' : undefined;
}

function statesAllOf(present: Offer, other: Offer): boolean {
  return (
    present.simulated === other.simulated &&
    isWithin(present.capabilities, other.capabilities) &&
    reaches(present.contextTokens, other.contextTokens) &&
    reaches(present.maxOutputTokens, other.maxOutputTokens) &&
    isWithin(present.tags, other.tags) &&
    // Nowhere that the present one is not processed.
    (present.residency.size === 0 ||
      (other.residency.size > 0 && isWithin(other.residency, present.residency)))
  );
}

const isWithin = (some: ReadonlySet<string>, all: ReadonlySet<string>): boolean =>
  [...some].every((one) => all.has(one));

const reaches = (present: number | undefined, other: number | undefined): boolean =>
  present === undefined || (other !== undefined && other >= present);

const isOfSize = (present: bigint | undefined, other: bigint | undefined): boolean =>
  present !== undefined && other !== undefined && other <= present && other * SAME_SIZE >= present;
