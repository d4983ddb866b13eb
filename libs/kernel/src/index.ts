export * from './api-key.ts';
export * from './clock.ts';
export * from './host-and-port.ts';
export * from './ids.ts';
export * from './money.ts';
export * from './random.ts';
export * from './result.ts';
export * from './service-error.ts';
