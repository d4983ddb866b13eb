// One entry point per proto package, so that names of different packages cannot collide.
export * from './gen/switchyard/cost/v1/budget_service.ts';
export * from './gen/switchyard/cost/v1/cost_service.ts';
export * from './gen/switchyard/cost/v1/lease_service.ts';
export * from './gen/switchyard/cost/v1/price_service.ts';
