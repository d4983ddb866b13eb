// One entry point per proto package, so that names of different packages cannot collide.
export * from './gen/switchyard/routing/v1/completion.ts';
export * from './gen/switchyard/routing/v1/configuration_admin_service.ts';
export * from './gen/switchyard/routing/v1/content.ts';
export * from './gen/switchyard/routing/v1/decision.ts';
export * from './gen/switchyard/routing/v1/embedding.ts';
export * from './gen/switchyard/routing/v1/experiment.ts';
export * from './gen/switchyard/routing/v1/experiment_admin_service.ts';
export * from './gen/switchyard/routing/v1/inference_service.ts';
export * from './gen/switchyard/routing/v1/policy.ts';
export * from './gen/switchyard/routing/v1/policy_admin_service.ts';
export * from './gen/switchyard/routing/v1/pool.ts';
export * from './gen/switchyard/routing/v1/pool_admin_service.ts';
export * from './gen/switchyard/routing/v1/provider.ts';
export * from './gen/switchyard/routing/v1/provider_admin_service.ts';
export * from './gen/switchyard/routing/v1/requirements.ts';
export * from './strategy-names.ts';
