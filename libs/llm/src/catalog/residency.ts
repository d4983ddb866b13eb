/** Where data may be processed: requirement R5. `global` means anywhere. */
export const RESIDENCY_REGIONS = ['us-east', 'us-west', 'eu-west', 'eu-central', 'apac', 'global'] as const;

/** One of them. */
export type Region = (typeof RESIDENCY_REGIONS)[number];

/** Regions of providers whose names say nothing by themselves. */
const BY_NAME: Readonly<Record<string, readonly Region[]>> = {
  global: ['global'],
  'global-standard': ['global'],
  us: ['us-east', 'us-west'],
  eu: ['eu-west', 'eu-central'],
  apac: ['apac'],
  au: ['apac'],
  jp: ['apac'],
  in: ['apac'],
};

/** Clouds' own names: AWS (`us-east-1`), Google (`us-east5`, `europe-west1`), by what they begin with. */
const BY_SHAPE: readonly (readonly [RegExp, Region])[] = [
  [/^us-east-?\d+$/, 'us-east'],
  [/^us-west-?\d+$/, 'us-west'],
  [/^(?:eu|europe)-west-?\d+$/, 'eu-west'],
  [/^(?:eu|europe)-central-?\d+$/, 'eu-central'],
  [/^(?:ap|asia|australia)-[a-z]+-?\d+$/, 'apac'],
];

/**
 * Where a provider's region is. Empty for what is in none of the six (`ca-central-1`, `eu-north-1`, `us-gov-west-1`):
 * a place nearby is not the place that was asked for.
 */
export function residencyOf(region: string): readonly Region[] {
  const named = Object.hasOwn(BY_NAME, region) ? BY_NAME[region] : undefined;
  if (named !== undefined) return named;
  const shaped = BY_SHAPE.find(([shape]) => shape.test(region));
  return shaped === undefined ? [] : [shaped[1]];
}

/** Where several of a provider's regions are; empty where one of them is nowhere known. */
export function residencyOfAll(regions: readonly string[]): readonly Region[] {
  const places = regions.map(residencyOf);
  if (places.some((found) => found.length === 0)) return [];
  const all = new Set(places.flat());
  return RESIDENCY_REGIONS.filter((region) => all.has(region));
}
