import { type AuthStyle, type CatalogProvider, isAuthStyle, type WireFormat } from '@switchyard/llm';

/** What says how a provider's key is shown to it. */
export interface AuthStyleSource {
  /** `Provider.auth_style`; '' where the operator states none. */
  readonly stated: string;
  readonly format: WireFormat;
  /** Its catalog entry; undefined where it has none. */
  readonly entry: CatalogProvider | undefined;
}

/**
 * How a provider's key is shown to it. The catalog's word counts only where the provider speaks the format that the catalog
 * states: behind another format is another interface. That the catalog knows of no key says nothing of one that an operator
 * configured.
 */
export function authStyleOf({ stated, format, entry }: AuthStyleSource): AuthStyle {
  if (isAuthStyle(stated)) return stated;
  if (entry === undefined || entry.wireFormat !== format.id) return format.authStyle;
  return entry.auth.find((style) => isAuthStyle(style) && style !== 'none') ?? format.authStyle;
}
