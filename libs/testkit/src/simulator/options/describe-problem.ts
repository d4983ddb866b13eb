import { bracketPath, type ShapeProblem } from '../shape/shape-problem.ts';
import type { OptionIssue } from './simulator-options-error.ts';

/** A mistake in options, in plain words. `under` is put before its path. */
export function describeProblem(
  problem: ShapeProblem,
  under: readonly (string | number)[] = [],
): OptionIssue {
  const field = bracketPath([...under, ...problem.path]);
  return { field: field === '' ? '(document)' : field, message: wordsFor(problem) };
}

function wordsFor(problem: ShapeProblem): string {
  switch (problem.kind) {
    case 'missing':
      return 'is missing';
    case 'unknown':
      return 'is not known here';
    case 'not-simulated':
      return 'is not simulated';
    case 'type':
      return `must be ${problem.expected.join(' or ')}, not ${problem.got}`;
    case 'choice':
      return `must be one of ${problem.allowed.join(', ')}, not ${JSON.stringify(problem.got.slice(0, 80))}`;
    case 'range':
      return problem.min === undefined
        ? `must be at most ${problem.max}, not ${problem.got}`
        : `must be at least ${problem.min}, not ${problem.got}`;
    case 'length':
      return problem.min === undefined
        ? `must have at most ${problem.max} entries, not ${problem.got}`
        : `must have at least ${problem.min} entries, not ${problem.got}`;
    case 'pattern':
      return `must match ${problem.pattern}`;
    default:
      return problem satisfies never;
  }
}
