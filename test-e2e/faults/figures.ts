import type { Figure } from './figure.ts';
import { a1 } from './figures/a01-primary-fails.ts';
import { a2 } from './figures/a02-dead-provider.ts';
import { a3 } from './figures/a03-everything-fails.ts';
import { a4 } from './figures/a04-delays.ts';
import { a5 } from './figures/a05-hedged.ts';
import { a6 } from './figures/a06-overload.ts';
import { a7 } from './figures/a07-slow-candidate.ts';
import { a8 } from './figures/a08-shared-limit.ts';
import { a9 } from './figures/a09-deadlines.ts';
import { a10 } from './figures/a10-rolling-stop.ts';
import { a11 } from './figures/a11-stopped-provider.ts';
import { a12 } from './figures/a12-corrupt-streams.ts';
import { a13 } from './figures/a13-callers-leave.ts';
import { a14 } from './figures/a14-kills.ts';
import { a15 } from './figures/a15-budget.ts';
import { a16 } from './figures/a16-thrice.ts';
import { a17 } from './figures/a17-bus-away.ts';
import { a18 } from './figures/a18-poison.ts';
import { a19 } from './figures/a19-postgres-away.ts';
import { a20 } from './figures/a20-redis-away.ts';
import { a22 } from './figures/a22-clock-jumps.ts';
import { a32 } from './figures/a32-hostile-input.ts';

/** Every figure that is measured, in the order of the table. */
export const FIGURES: readonly Figure[] = [
  a1,
  a2,
  a3,
  a4,
  a5,
  a6,
  a7,
  a8,
  a9,
  a10,
  a11,
  a12,
  a13,
  a14,
  a15,
  a16,
  a17,
  a18,
  a19,
  a20,
  a22,
  a32,
];
