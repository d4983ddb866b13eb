// One entry point per proto package, so that names of different packages cannot collide.
export * from './gen/switchyard/credential/v1/api_key_service.ts';
export * from './gen/switchyard/credential/v1/audit_service.ts';
export * from './gen/switchyard/credential/v1/secret_service.ts';
