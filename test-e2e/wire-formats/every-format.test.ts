import { WIRE_FORMAT_NAMES } from '@switchyard/testkit/simulator';
import { describe } from 'vitest';
import { exerciseAnswers } from './exercise-answers.ts';
import { exerciseFaults } from './exercise-faults.ts';
import { benchOf } from './format-bench.ts';
import { FORMAT_ROWS } from './format-rows.ts';

describe.each(WIRE_FORMAT_NAMES)('%s', (format) => {
  const bench = benchOf(format);
  exerciseAnswers(bench, FORMAT_ROWS[format]);
  exerciseFaults(bench, FORMAT_ROWS[format].faults);
});
