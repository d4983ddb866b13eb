import { refresh } from '../catalog/refresh.ts';
import { type Command, UsageError } from '../command.ts';

/** `switchyard catalog` */
export const catalog: Command = {
  usage:
    'refresh [--from-file DIR] [--dry-run] [--output FILE] [--allow-shrink PERCENT] [--verify N] [--day YYYY-MM-DD] [--retrieved SOURCE=STATE]…',
  summary:
    'Makes the snapshot of models and prices anew, from its five sources or from files of them, and shows what changes.',
  options: {
    'from-file': { type: 'string' },
    'dry-run': { type: 'boolean' },
    output: { type: 'string' },
    'allow-shrink': { type: 'string' },
    verify: { type: 'string' },
    day: { type: 'string' },
    retrieved: { type: 'string', multiple: true },
  },
  words: ['refresh'],
  maxPositionals: 1,
  async run(input) {
    if (input.positionals[0] !== 'refresh') throw new UsageError('catalog needs "refresh"');
    await refresh(input);
  },
};
