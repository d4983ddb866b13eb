/** A provider that this start wants registered. */
export interface PlannedProvider {
  /** Id in routing: that of the catalog, or of the local server. */
  readonly id: string;
  /** Name for people. */
  readonly displayName: string;
  /** As routing names it. */
  readonly wireFormat: string;
  /** Without a trailing slash. */
  readonly baseUrl: string;
  /** Its API key; undefined where it needs none. */
  readonly key: string | undefined;
  /** Where its key is exchanged for an access token; absent where it is not. */
  readonly tokenOrigins?: readonly string[];
  /** Models that it named itself; empty: those of its catalog entry. */
  readonly models: readonly string[];
  /** Lower is preferred. */
  readonly priority: number;
  readonly simulated: boolean;
  /** Where it was found, for people: a variable, an address. No secrets. */
  readonly source: string;
}

/** Priority of the provider that `LLM_PROVIDER` names. */
export const PRIMARY_PRIORITY = 10;
/** Priority of every other real one. */
export const OTHER_PRIORITY = 100;

/** Id of the secret that holds a provider's key. */
export const secretIdOf = (providerId: string): string => `provider/${providerId}`;
