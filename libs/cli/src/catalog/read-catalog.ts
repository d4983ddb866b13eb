import { readFileSync } from 'node:fs';
import type { Catalog } from '@switchyard/llm';
import { bundledCatalog } from '@switchyard/llm/bundled-catalog';
import { applyOverlay, parseOverlay } from '@switchyard/llm/catalog-overlay';

/** The catalog that ships with Switchyard, with an operator's overlay on it. @throws OverlayError that names file and field */
export async function readCatalog(overlayFile: string | undefined): Promise<Catalog> {
  const catalog = bundledCatalog();
  if (overlayFile === undefined) return catalog;
  return applyOverlay(catalog, parseOverlay(readFileSync(overlayFile, 'utf8'), overlayFile));
}
