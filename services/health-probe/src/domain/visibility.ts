import type { ProviderName } from './provider-key.ts';

/** Whoever asks, as far as it matters for what is shown. */
export interface Viewer {
  readonly tenant: string;
  readonly role: string;
  readonly installation: boolean;
}

/** Whether a caller may see a provider: the installation's and its own tenant's; Switchyard's own services see all. */
export function isVisible({ tenant }: ProviderName, viewer: Viewer): boolean {
  if (seesEverybody(viewer)) return true;
  return tenant === '' || tenant === viewer.tenant;
}

/** Whether a caller sees every tenant's providers. */
export const seesEverybody = ({ installation, role }: Viewer): boolean => installation && role === 'service';
