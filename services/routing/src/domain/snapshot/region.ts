/** Where data may go. */
export const REGIONS = ['us-east', 'us-west', 'eu-west', 'eu-central', 'apac', 'global'] as const;

/** One of the residency regions. `global` means that the provider does not say where. */
export type Region = (typeof REGIONS)[number];

/** Whether a text names a region. */
export const isRegion = (name: string): name is Region => (REGIONS as readonly string[]).includes(name);
