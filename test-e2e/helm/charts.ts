import { resolve } from 'node:path';

/** The repository's root. */
export const REPOSITORY = resolve(import.meta.dirname, '../..');
/** Folder of the charts. */
export const HELM = resolve(REPOSITORY, 'helm');

/** The services, each with a chart of its name. */
export const SERVICES = ['routing', 'health-probe', 'cost-accounting', 'credential', 'connector'] as const;
export type Service = (typeof SERVICES)[number];

/** Every chart that can be installed. */
export const CHARTS = [...SERVICES, 'switchyard'] as const;
export type Chart = (typeof CHARTS)[number];

/** What a service's variables begin with. */
export const prefixOf = (service: Service): string => service.replaceAll('-', '_').toUpperCase();
