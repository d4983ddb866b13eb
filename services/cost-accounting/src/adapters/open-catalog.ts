import { readFileSync } from 'node:fs';
import type { Catalog } from '@switchyard/llm';
import { bundledCatalog } from '@switchyard/llm/bundled-catalog';
import { applyOverlay, OverlayError, parseOverlay } from '@switchyard/llm/catalog-overlay';
import { ConfigError } from '@switchyard/service-kit';

/**
 * The catalog that ships with Switchyard, with the operator's overlay on it.
 *
 * @param overlayPath `COST_ACCOUNTING_CATALOG_OVERLAY`; undefined for none
 * @throws ConfigError that names the file and the field, or why the file cannot be read
 */
export function openCatalog(overlayPath: string | undefined): Catalog {
  if (overlayPath === undefined) return bundledCatalog();
  try {
    return applyOverlay(bundledCatalog(), parseOverlay(readFileSync(overlayPath, 'utf8'), overlayPath));
  } catch (error) {
    const isPlain = error instanceof OverlayError || (error as NodeJS.ErrnoException).code !== undefined;
    if (!isPlain) throw error;
    throw new ConfigError([`COST_ACCOUNTING_CATALOG_OVERLAY: ${(error as Error).message}`]);
  }
}
