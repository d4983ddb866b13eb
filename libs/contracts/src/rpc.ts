// One entry point per proto package, so that names of different packages cannot collide.

export * from './gen/google/rpc/code.ts';
export * from './gen/google/rpc/error_details.ts';
export * from './gen/google/rpc/status.ts';
