import type { AliasTarget } from '../catalog.ts';
import type { CatalogProvider } from '../catalog-provider.ts';
import type { Offering } from '../offering.ts';
import type { Region } from '../residency.ts';

/** An overlay cannot be used; the message names the file, the field and what would be right. */
export class OverlayError extends Error {
  override readonly name = 'OverlayError';
}

/** What an operator states of a provider. Absent stays as it is in the catalog. */
export interface OverlayProvider
  extends Partial<
    Pick<CatalogProvider, 'name' | 'wireFormat' | 'baseUrl' | 'auth' | 'keyVariables' | 'kind'>
  > {
  readonly id: string;
  /** Where it processes requests, whichever model: replaces what the catalog has. */
  readonly residency?: readonly Region[] | undefined;
  /** Holds for all of its models. */
  readonly complianceTags?: readonly string[] | undefined;
}

/** What an operator states of a model at a provider. Absent stays as it is in the catalog. */
export interface OverlayModel
  extends Partial<
    Pick<
      Offering,
      | 'name'
      | 'mode'
      | 'capabilities'
      | 'contextTokens'
      | 'maxOutputTokens'
      | 'prices'
      | 'tiers'
      | 'serviceTiers'
      | 'unitPrices'
      | 'residency'
      | 'complianceTags'
      | 'deprecated'
    >
  > {
  readonly provider: string;
  readonly model: string;
  /** Where it stands in the file, for messages. */
  readonly path: string;
}

/** An operator's own entries, prices, aliases and statements. */
export interface CatalogOverlay {
  /** Name of the file, for messages. */
  readonly file: string;
  readonly providers: readonly OverlayProvider[];
  readonly models: readonly OverlayModel[];
  /** Name → what it stands for. */
  readonly aliases: ReadonlyMap<string, AliasTarget>;
}
