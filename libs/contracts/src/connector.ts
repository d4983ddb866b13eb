// One entry point per proto package, so that names of different packages cannot collide.
export * from './gen/switchyard/connector/v1/connector_admin_service.ts';
export * from './gen/switchyard/connector/v1/connector_service.ts';
