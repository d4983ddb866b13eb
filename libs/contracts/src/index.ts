export * from './image.ts';
export * from './permissions.ts';
export * from './subject-token.ts';
export * from './subjects.ts';
export * from './usage-stream.ts';
