export { type HealthProbeConfig, type ProbingConfig, parseConfig } from './config.ts';
export { migrationOptions } from './migrate.ts';
export { type ServiceOverrides, startService } from './service.ts';
