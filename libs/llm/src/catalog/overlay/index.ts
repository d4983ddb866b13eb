/** An operator's own entries, prices, aliases and statements over the catalog. */
export { applyOverlay } from './apply-overlay.ts';
export { type CatalogOverlay, OverlayError, type OverlayModel, type OverlayProvider } from './overlay.ts';
export { parseOverlay } from './parse-overlay.ts';
