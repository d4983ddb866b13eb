import type { Dialect } from '../formats/dialect.ts';

/** What a provider is: whose models it serves, and how it is paid. */
export const PROVIDER_KINDS = [
  /** Serves its own models. */
  'first-party',
  /** A cloud that serves the models of several makers. */
  'cloud',
  /** Serves open models, or those of others, on machines of its own. */
  'inference-host',
  /** Passes requests on to providers of its choice. */
  'aggregator',
  /** Is paid by the month: its prices per token are nobody's bill. */
  'subscription-plan',
  /** Runs on the operator's machine. */
  'local',
  /** A gateway that the operator runs, with providers of its own. */
  'gateway',
  /** Exists in the bundled simulator only. */
  'simulated',
  /** Came with a source's data and is not in the registry: nobody has looked at it. */
  'unreviewed',
] as const;

/** One of them. */
export type ProviderKind = (typeof PROVIDER_KINDS)[number];

/** A provider as the catalog knows it. */
export interface CatalogProvider {
  /** Catalog id, "openai". */
  readonly id: string;
  /** Name for people. */
  readonly name: string;
  /**
   * What it is spoken to in, "openai-chat". Only what `findWireFormat` knows can be configured; others are named here for
   * the formats to come.
   */
  readonly wireFormat: string;
  /**
   * Where its API is, without a trailing slash; `undefined` where that is not fixed (simulated ones, an operator's own
   * host). It may hold placeholders, `{region}` or `${ACCOUNT_ID}`: see {@link isUrlTemplate}. It comes from the registry
   * in our tree, never from refreshed data.
   */
  readonly baseUrl: string | undefined;
  /** How a key is presented, the preferred one first: "bearer", "x-api-key", "aws-sigv4", …; "none" for none. */
  readonly auth: readonly string[];
  /** Environment variables that may hold its key, in the order to be looked at. */
  readonly keyVariables: readonly string[];
  /** How it differs from its wire format. */
  readonly dialect: Dialect | undefined;
  readonly kind: ProviderKind;
  /**
   * Whether a key in the environment may go to it without further asking: its address and dialect were checked by hand
   * against its own documentation. False for all others, whatever their key variables are.
   */
  readonly pickedUp: boolean;
  readonly simulated: boolean;
}

/** Whether nobody should be routed there who has not asked for it: aggregators, subscriptions, local ones, the unknown. */
export function isOptIn({ kind }: CatalogProvider): boolean {
  switch (kind) {
    case 'first-party':
    case 'cloud':
    case 'inference-host':
    case 'simulated':
      return false;
    case 'aggregator':
    case 'subscription-plan':
    case 'local':
    case 'gateway':
    case 'unreviewed':
      return true;
    default:
      return kind satisfies never;
  }
}

/** Whether a base URL has placeholders that an operator must fill in: `{region}`, `${ACCOUNT_ID}`. */
export const isUrlTemplate = (baseUrl: string): boolean => /[{}]/.test(baseUrl);
