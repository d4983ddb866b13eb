import type { RegistryProvider } from '../registry/registry.ts';

/**
 * A provider that came with data and is not in the registry. Its models and prices can be looked at; it has no base URL and
 * no key variables, whatever the data says, so that no key can go where nobody has looked.
 */
export function unreviewedProvider(id: string): RegistryProvider {
  return {
    id,
    name: id,
    wireFormat: 'unknown',
    baseUrl: undefined,
    auth: ['bearer'],
    keyVariables: [],
    dialect: undefined,
    kind: 'unreviewed',
    pickedUp: false,
    simulated: false,
    review: 'stated',
    sourceIds: {},
  };
}
