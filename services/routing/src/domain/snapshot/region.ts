/** Where data may go. */
export const REGIONS = ['us-east', 'us-west', 'eu-west', 'eu-central', 'apac', 'global'] as const;

/** One of the residency regions. Of a provider, `global` means that it does not say where. */
export type Region = (typeof REGIONS)[number];

/** Whether a text names a region. */
export const isRegion = (name: string): name is Region => (REGIONS as readonly string[]).includes(name);
