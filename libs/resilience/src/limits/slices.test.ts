import { describe, expect, test } from 'vitest';
import { HeldSlice } from './held-slice.ts';
import { AHEAD_MS, IDLE_MS } from './slice.ts';
import { SpentSlice } from './spent-slice.ts';

const grant = (granted: number, slot = 0, expiresInMs = 10_000) => ({ granted, slot, expiresInMs });

describe('a slice of calls a minute', () => {
  test('has what was granted until it expires, and asks for more before it is used up', () => {
    const slice = new SpentSlice();
    expect(slice.free(0)).toBe(0);
    slice.apply(grant(10), 0);
    expect([slice.free(0), slice.free(9_999), slice.free(10_000)]).toEqual([10, 10, 0]);
    for (let i = 0; i < 9; i++) slice.take(1, 1_000);
    expect(slice.runsLow(1_000)).toBe(false);
    slice.take(1, 1_000);
    expect(slice.runsLow(1_000)).toBe(true);
    expect(slice.plan(1_000)).toMatchObject({ held: 0, returned: 0, ahead: 1 });
  });

  test('asks ahead for as much as its pace needs', () => {
    const slice = new SpentSlice();
    slice.plan(0);
    for (let i = 0; i < 100; i++) slice.take(1, 900);
    expect(slice.plan(1_000).ahead).toBe((100 / 1_000) * AHEAD_MS);
  });

  test('gives back what it has after a while without use', () => {
    const slice = new SpentSlice();
    slice.apply(grant(5), 0);
    slice.take(1, 0);
    expect(slice.isDue(IDLE_MS - 1)).toBe(false);
    expect(slice.isDue(IDLE_MS)).toBe(true);
    expect(slice.plan(IDLE_MS)).toEqual({ held: 0, returned: 4, slot: 0, ahead: 0 });
    expect(slice.free(IDLE_MS)).toBe(0);
  });

  test('what was used beyond what was taken is told to the store as less than nothing', () => {
    const slice = new SpentSlice();
    slice.apply(grant(100), 0);
    const slot = slice.take(100, 0);
    slice.giveBack(100 - 130, slot);
    expect(slice.plan(0)).toMatchObject({ held: 0, returned: -30 });
    slice.take(20, 0);
    expect(slice.plan(0)).toMatchObject({ held: 0, returned: -20 });
  });

  test('units of an earlier window are neither used nor given back in the next', () => {
    const slice = new SpentSlice();
    slice.apply(grant(10, 7, 1_000), 0);
    const slot = slice.take(4, 0);
    slice.apply(grant(3, 8, 1_000), 1_000);
    expect(slice.free(1_000)).toBe(3);
    slice.giveBack(2, slot);
    expect(slice.plan(1_000)).toMatchObject({ held: 3, returned: 0, slot: 8 });
  });
});

describe('a slice of places', () => {
  test('a place that comes back can be taken without asking', () => {
    const slice = new HeldSlice();
    slice.mostAhead = 100;
    slice.apply(grant(2), 0);
    slice.take(1, 0);
    slice.take(1, 0);
    expect(slice.free(0)).toBe(0);
    slice.giveBack(1);
    expect(slice.free(0)).toBe(1);
  });

  test('keeps some ahead while calls come, and tells of those in use while they last', () => {
    const slice = new HeldSlice();
    slice.mostAhead = 100;
    slice.apply(grant(20), 0);
    for (let i = 0; i < 8; i++) slice.take(1, 0);
    expect(slice.plan(0)).toMatchObject({ held: 10, ahead: 0 });
    expect(slice.free(0)).toBe(2);
    expect(slice.isDue(1_000)).toBe(false);
    expect(slice.isDue(2_000)).toBe(true);
    expect(slice.plan(IDLE_MS)).toMatchObject({ held: 8, ahead: 0 });
  });

  test('of a small limit it keeps nothing: what comes back is given to the others', () => {
    const slice = new HeldSlice();
    slice.apply(grant(1), 0);
    slice.take(1, 0);
    expect(slice.isDue(0)).toBe(true);
    slice.plan(0);
    slice.giveBack(1);
    expect(slice.isDue(0)).toBe(true);
    expect(slice.plan(0)).toMatchObject({ held: 0, ahead: 0 });
  });

  test('calls under way count also when the store has forgotten them', () => {
    const slice = new HeldSlice();
    slice.apply(grant(3), 0);
    slice.take(1, 0);
    slice.forget();
    expect(slice.free(0)).toBe(0);
    expect(slice.plan(0)).toMatchObject({ held: 1 });
  });
});
