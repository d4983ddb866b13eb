import { createInterface } from 'node:readline/promises';
import { type PartialRequest, SwitchyardClient } from '@switchyard/client';
import { Role } from '@switchyard/contracts/routing';
import { ServiceError } from '@switchyard/kernel';
import { type Command, type CommandInput, textOption } from '../command.ts';
import { readProviders } from '../health/read-providers.ts';
import { renderProviders } from '../health/render-providers.ts';
import { formatCost } from '../output/format.ts';
import { askedOf, REQUEST_OPTIONS, REQUEST_USAGE } from '../route/request-options.ts';

/** `switchyard chat` */
export const chat: Command = {
  usage: `[TEXT] ${REQUEST_USAGE}`,
  summary:
    'Talks to a model; without TEXT it asks for it line by line (/providers, /health and /quit work inside).',
  options: REQUEST_OPTIONS,
  maxPositionals: Number.POSITIVE_INFINITY,
  async run(input) {
    using client = new SwitchyardClient({ address: input.settings.routing, apiKey: input.settings.apiKey });
    const conversation: Turn[] = [];
    const text = input.positionals.join(' ');
    if (text === '') await converse(client, input, conversation);
    else await say(client, input, [{ role: Role.USER, text }]);
  },
};

interface Turn {
  readonly role: Role;
  readonly text: string;
}

async function converse(client: SwitchyardClient, input: CommandInput, conversation: Turn[]): Promise<void> {
  const { output, signal } = input;
  const { isTTY } = process.stdin;
  const lines = createInterface({
    input: process.stdin,
    output: process.stderr,
    terminal: isTTY,
    prompt: isTTY ? '> ' : '',
    signal,
  });
  // A terminal that readline reads gives Ctrl-C to it and not to the process.
  const left = new AbortController();
  lines.on('SIGINT', () => {
    left.abort();
    lines.close();
  });
  const turnInput = { ...input, signal: AbortSignal.any([signal, left.signal]) };
  if (isTTY) output.line('Type a message; /providers, /health, /quit.');
  lines.prompt();
  for await (const typed of lines) {
    const line = typed.trim();
    if (line === '/quit' || line === '/exit') break;
    if (line === '/providers' || line === '/health')
      output.text(
        renderProviders(await readProviders(client, input.settings), {
          nowMs: Date.now(),
          view: output.view,
        }),
      );
    else if (line !== '') await answerTurn(client, turnInput, { conversation, text: line });
    // The iteration goes on with lines that came before the end of the input.
    if (isTTY && !left.signal.aborted) lines.prompt();
  }
  lines.close();
}

async function answerTurn(
  client: SwitchyardClient,
  input: CommandInput,
  { conversation, text }: { readonly conversation: Turn[]; readonly text: string },
): Promise<void> {
  conversation.push({ role: Role.USER, text });
  try {
    conversation.push({ role: Role.ASSISTANT, text: await say(client, input, conversation) });
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    conversation.pop();
    input.output.line(`${error.reason}: ${error.publicMessage}`);
  }
}

/** Streams one answer to the output. @returns its text */
async function say(client: SwitchyardClient, input: CommandInput, turns: readonly Turn[]): Promise<string> {
  const { output, signal } = input;
  const request: PartialRequest = {
    model: textOption(input, 'model') ?? 'auto',
    ...askedOf(input),
    messages: turns.map(({ role, text }) => ({ role, parts: [{ content: { $case: 'text', value: text } }] })),
  };
  let text = '';
  let served = '';
  for await (const { event } of client.stream(request, { signal })) {
    if (output.json) output.jsonLine(event);
    if (event?.$case === 'started')
      served = `${event.value.route?.provider}/${event.value.route?.model}, request ${event.value.requestId}`;
    else if (event?.$case === 'delta' && event.value.content?.$case === 'text') {
      text += event.value.content.value;
      if (!output.json) output.text(event.value.content.value);
    } else if (event?.$case === 'finished' && !output.json) {
      output.line(`\n[${served}, ${formatCost(event.value.cost?.totalNanoUsd)}]`);
    }
  }
  return text;
}
