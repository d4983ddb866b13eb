import {
  Budget,
  BudgetAction,
  BudgetEnforcement,
  BudgetPeriod,
  BudgetScope,
  BudgetUnit,
} from '@switchyard/contracts/cost';
import { parseUsd } from '@switchyard/kernel';
import { type CommandInput, countOption, listOption, textOption, UsageError } from '../command.ts';

const PERIODS: ReadonlyMap<string, BudgetPeriod> = new Map([
  ['minute', BudgetPeriod.MINUTE],
  ['day', BudgetPeriod.DAY],
  ['month', BudgetPeriod.MONTH],
  ['total', BudgetPeriod.TOTAL],
]);

/** Reads the budget that a command states. @throws UsageError with the option */
export function readBudget(id: string, input: CommandInput): Budget {
  const per = textOption(input, 'per') ?? 'month';
  const period = PERIODS.get(per);
  if (period === undefined)
    throw new UsageError(`--per must be ${[...PERIODS.keys()].join(', ')}, not ${per}`);
  return Budget.fromPartial({
    id,
    tenant: textOption(input, 'tenant') ?? '',
    description: textOption(input, 'description') ?? '',
    scope: BudgetScope.fromPartial({
      keyId: textOption(input, 'key') ?? '',
      provider: textOption(input, 'provider') ?? '',
      model: textOption(input, 'model') ?? '',
      service: textOption(input, 'service') ?? '',
      agent: textOption(input, 'agent') ?? '',
      workflow: textOption(input, 'workflow') ?? '',
    }),
    ...limitOf(input),
    period,
    timeZone: textOption(input, 'time-zone') ?? '',
    enforcement: input.options['alert-only'] === true ? BudgetEnforcement.ALERT : BudgetEnforcement.REFUSE,
    alertPercents: listOption(input, 'alerts').map(percentOf),
    receivers: listOption(input, 'receivers'),
    actions: actionsOf(input),
  });
}

/** By rising percents. */
function actionsOf(input: CommandInput): BudgetAction[] {
  const downgradeAt = percentOption(input, 'downgrade-at');
  const throttleAt = percentOption(input, 'throttle-at');
  const model = textOption(input, 'downgrade-to') ?? '';
  const rate = countOption(input, 'throttle-to', { max: 1_000_000 });
  if (downgradeAt === undefined && model !== '')
    throw new UsageError('--downgrade-to needs --downgrade-at PERCENT');
  if ((throttleAt === undefined) !== (rate === undefined))
    throw new UsageError('--throttle-at PERCENT and --throttle-to PER_MINUTE go together');
  const actions = [
    downgradeAt === undefined
      ? []
      : [{ atPercent: downgradeAt, action: { $case: 'downgrade' as const, value: { model } } }],
    throttleAt === undefined
      ? []
      : [
          {
            atPercent: throttleAt,
            action: { $case: 'throttle' as const, value: { requestsPerMinute: rate } },
          },
        ],
  ];
  return actions
    .flat()
    .map((action) => BudgetAction.fromPartial(action as Parameters<typeof BudgetAction.fromPartial>[0]))
    .toSorted((a, b) => a.atPercent - b.atPercent);
}

const percentOption = (input: CommandInput, name: string): number | undefined => {
  const percent = countOption(input, name, { max: 1_000 });
  if (percent === 0) throw new UsageError(`--${name} must be a percent from 1 to 1000`);
  return percent;
};

function limitOf(input: CommandInput): { readonly unit: BudgetUnit; readonly limit: bigint } {
  const stated = (['usd', 'requests', 'tokens'] as const).flatMap((name) => {
    const text = textOption(input, name);
    return text === undefined ? [] : [{ name, text }];
  });
  const [only, second] = stated;
  if (only === undefined || second !== undefined)
    throw new UsageError('a budget needs one limit: --usd AMOUNT, --requests N or --tokens N');
  const { name, text } = only;
  const limit = name === 'usd' ? parseUsd(text) : wholeOf(text);
  if (limit === undefined || limit < 1n)
    throw new UsageError(
      `--${name} must be ${name === 'usd' ? 'an amount above 0, such as 12.50' : 'a whole number from 1'}, not ${text}`,
    );
  return { unit: UNITS[name], limit };
}

const UNITS = { usd: BudgetUnit.COST, requests: BudgetUnit.REQUESTS, tokens: BudgetUnit.TOKENS } as const;

const wholeOf = (text: string): bigint | undefined => (/^\d{1,18}$/.test(text) ? BigInt(text) : undefined);

function percentOf(text: string): number {
  if (!/^\d{1,4}$/.test(text))
    throw new UsageError(`--alerts must be percents, such as 50,80,100, not ${text}`);
  return Number(text);
}
