// One entry point per proto package, so that names of different packages cannot collide.
export * from './gen/switchyard/health/v1/alert_service.ts';
export * from './gen/switchyard/health/v1/health_service.ts';
