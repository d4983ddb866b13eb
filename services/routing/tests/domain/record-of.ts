import { type Decision, DecisionOutcome } from '@switchyard/contracts/routing';
import { type DecideInput, decide } from '../../src/domain/decide/decide.ts';
import { decisionRecord } from '../../src/pipeline/decision-record.ts';

/** Decides, and gives the record of it. */
export function recordOf(input: DecideInput, requestId = 'r'): Decision {
  const { needs, snapshot } = input;
  return decisionRecord({
    requestId,
    decided: {
      needs,
      snapshot,
      choice: decide(input),
      downgrade: undefined,
      given: undefined,
      assignment: undefined,
    },
    decidedWallMs: 1_800_000_000_000,
    attempts: [],
    tried: [],
    outran: undefined,
    outcome: DecisionOutcome.NOT_EXECUTED,
  });
}
