import type { Figure } from './figure.ts';
import { a1 } from './figures/a01-primary-fails.ts';
import { a3 } from './figures/a03-everything-fails.ts';
import { a4 } from './figures/a04-delays.ts';
import { a12 } from './figures/a12-corrupt-streams.ts';

/** Every figure that is measured, in the order of the table. */
export const FIGURES: readonly Figure[] = [a1, a3, a4, a12];
