import { expect, test } from 'vitest';
import { rollReplicas } from '../faults/figures/a10-rolling-stop.ts';

const ROLLS = 20;

test(`A10: ${ROLLS} SIGTERM rolls of two routing replicas under gRPC and HTTP load: 0 failed calls, no lost record`, {
  timeout: 900_000,
}, async () => {
  const { ended, grpc, http, booked, outcomes } = await rollReplicas(ROLLS);
  expect(ended).toBe(ROLLS);
  expect({ grpc: grpc.failures, http: http.failures }).toEqual({ grpc: {}, http: {} });
  expect(Math.min(grpc.answered, http.answered)).toBeGreaterThan(100);
  expect(booked).toBe(grpc.answered + http.answered);
  expect(outcomes).toEqual(['charge ok']);
});
