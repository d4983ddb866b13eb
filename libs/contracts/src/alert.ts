// One entry point per proto package, so that names of different packages cannot collide.
export * from './gen/switchyard/alert/v1/alert.ts';
