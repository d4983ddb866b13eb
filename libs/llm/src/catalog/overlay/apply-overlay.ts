import type { Catalog } from '../catalog.ts';
import type { CatalogProvider } from '../catalog-provider.ts';
import { OverlaidCatalog } from './overlaid-catalog.ts';
import { type CatalogOverlay, OverlayError, type OverlayProvider } from './overlay.ts';

/**
 * A catalog with an operator's overlay on it; the catalog itself stays as it is.
 *
 * @throws OverlayError for a model at an unknown provider, a new provider without what it needs, an alias of nothing
 */
export function applyOverlay(catalog: Catalog, overlay: CatalogOverlay): Catalog {
  const providers = new Map(catalog.providers().map((provider) => [provider.id, provider]));
  overlay.providers.forEach((stated, i) => {
    const path = `${overlay.file}: providers[${i}]`;
    providers.set(stated.id, mergeProvider(providers.get(stated.id), stated, path));
  });
  for (const { provider, path } of overlay.models)
    if (!providers.has(provider))
      throw new OverlayError(
        `${overlay.file}: ${path.replace(/^\./, '')}.provider is ${provider}, which neither the catalog nor this file has`,
      );
  const overlaid = new OverlaidCatalog({ catalog, overlay, providers });
  for (const [name, { provider, model }] of overlay.aliases)
    if (overlaid.findOffering(provider, model) === undefined)
      throw new OverlayError(
        `${overlay.file}: aliases.${name} is ${provider}/${model}, which neither the catalog nor this file has`,
      );
  return overlaid;
}

function mergeProvider(
  known: CatalogProvider | undefined,
  stated: OverlayProvider,
  path: string,
): CatalogProvider {
  const wireFormat = stated.wireFormat ?? known?.wireFormat;
  if (wireFormat === undefined)
    throw new OverlayError(`${path}.wire_format is required: the catalog has no ${stated.id}`);
  const kind = stated.kind ?? known?.kind ?? 'local';
  return Object.freeze({
    id: stated.id,
    name: stated.name ?? known?.name ?? stated.id,
    wireFormat,
    baseUrl: stated.baseUrl ?? known?.baseUrl,
    auth: stated.auth ?? known?.auth ?? ['bearer'],
    keyVariables: stated.keyVariables ?? known?.keyVariables ?? [],
    dialect: known?.dialect,
    kind,
    // A key is picked up for the address that was checked, and for no other.
    pickedUp: known?.pickedUp === true && stated.baseUrl === undefined,
    simulated: kind === 'simulated',
  });
}
