// One entry point per proto package, so that names of different packages cannot collide.
export * from './gen/switchyard/events/v1/alert.ts';
export * from './gen/switchyard/events/v1/cache.ts';
export * from './gen/switchyard/events/v1/connector.ts';
export * from './gen/switchyard/events/v1/cost.ts';
export * from './gen/switchyard/events/v1/credential.ts';
export * from './gen/switchyard/events/v1/health.ts';
export * from './gen/switchyard/events/v1/lease.ts';
export * from './gen/switchyard/events/v1/observation.ts';
export * from './gen/switchyard/events/v1/usage.ts';
