import { Strategy } from '@switchyard/contracts/routing';
import type { TestProvider } from '../../support/test-fleet.ts';

/** The stated baseline: one premium model, at its vendor. */
export const BASELINE_MODEL = 'openai/gpt-5.5';

/** What every candidate must state, as the baseline does, whatever the request needs of it. */
export const CAPABILITIES: readonly string[] = [
  'text',
  'vision',
  'code',
  'tools',
  'structured_output',
  'streaming',
  'reasoning',
  'long_context',
];

/** Four vendors that serve their own models, at the catalog's prices. */
export const VENDORS: readonly TestProvider[] = [
  { id: 'openai', format: 'openai-chat', catalogId: 'openai' },
  { id: 'anthropic', format: 'anthropic-messages', catalogId: 'anthropic' },
  { id: 'google', format: 'gemini', catalogId: 'google' },
  { id: 'xai', format: 'openai-chat', catalogId: 'xai' },
];

/** The dearest generally offered model of each vendor's newest line, dearer "pro" and research editions left out. */
const FLAGSHIPS: readonly { readonly provider: string; readonly model: string }[] = [
  { provider: 'openai', model: 'gpt-5.5' },
  { provider: 'anthropic', model: 'claude-opus-5' },
  { provider: 'google', model: 'gemini-3.1-pro-preview' },
  { provider: 'xai', model: 'grok-4.3' },
];

const requirements = { capabilities: [...CAPABILITIES] };
const strategy = Strategy.COST;

/** The pools that routing chooses in. */
export const POOLS = [
  { id: 'flagships', members: FLAGSHIPS.map((member) => ({ ...member })), requirements, strategy },
  { id: 'all-that-state-it', requirements, strategy },
];

/** One way to answer a trace. */
export interface Arm {
  readonly title: string;
  readonly model: string;
  readonly cached: boolean;
  /** Default: none. */
  readonly excludedProviders?: readonly string[];
}

/** The baseline first: the others are compared with it. */
export const ARMS: readonly Arm[] = [
  { title: 'baseline: gpt-5.5 alone', model: BASELINE_MODEL, cached: false },
  { title: 'cache alone', model: BASELINE_MODEL, cached: true },
  { title: 'routing alone, among flagships', model: 'flagships', cached: false },
  { title: 'both, among flagships', model: 'flagships', cached: true },
  {
    title: 'both, the cheapest vendor left out',
    model: 'flagships',
    cached: true,
    excludedProviders: ['xai'],
  },
  { title: 'both, among all that state it', model: 'all-that-state-it', cached: true },
];
