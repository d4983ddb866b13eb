import { type Command, UsageError } from '../command.ts';

/** Shells that scripts are made for. */
const SHELLS = ['bash', 'zsh', 'fish'] as const;

type Commands = ReadonlyMap<string, Command>;

/** `switchyard completion` for the commands of a table. */
export const completion = (others: Commands): Command => {
  const command: Command = {
    usage: SHELLS.join('|'),
    summary: 'Writes a script that completes commands and options: source <(switchyard completion bash).',
    options: {},
    words: SHELLS,
    maxPositionals: 1,
    async run({ positionals, output }) {
      const [shell] = positionals;
      const known = SHELLS.find((one) => one === shell);
      if (known === undefined) throw new UsageError(`completion needs a shell: ${SHELLS.join(', ')}`);
      const script = SCRIPTS[known](new Map([...others, ['completion', command]]));
      if (output.json) output.value({ shell, script });
      else output.text(script);
    },
  };
  return command;
};

/** What may follow a command: its words, and its options with their dashes. */
const wordsAfter = ({ words = [], options }: Command): string[] => [
  ...words,
  ...Object.keys(options).map((name) => `--${name}`),
  '--json',
  '--help',
];

function bash(commands: Commands): string {
  const cases = [...commands].map(([name, one]) => `    ${name}) words="${wordsAfter(one).join(' ')}" ;;`);
  return `# switchyard for bash: source <(switchyard completion bash)
_switchyard() {
  local words="${[...commands.keys()].join(' ')}"
  if [ "$COMP_CWORD" -gt 1 ]; then
    case "\${COMP_WORDS[1]}" in
${cases.map((line) => `  ${line}`).join('\n')}
      *) words="" ;;
    esac
  fi
  COMPREPLY=( $(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}") )
}
complete -o default -F _switchyard switchyard
`;
}

/** Within single quotes, where only they have a meaning. */
const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

function zsh(commands: Commands): string {
  const named = [...commands].map(([name, { summary }]) => `    ${quoted(`${name}:${summary}`)}`);
  const cases = [...commands].map(([name, one]) => `    ${name}) compadd -- ${wordsAfter(one).join(' ')} ;;`);
  return `#compdef switchyard
# switchyard for zsh: source <(switchyard completion zsh)
_switchyard() {
  local -a commands
  commands=(
${named.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  case "\${words[2]}" in
${cases.join('\n')}
  esac
  _files
}
compdef _switchyard switchyard
`;
}

function fish(commands: Commands): string {
  const lines = [...commands].flatMap(([name, { summary, words = [], options }]) => {
    const after = `complete -c switchyard -n '__fish_seen_subcommand_from ${name}'`;
    return [
      `complete -c switchyard -f -n __fish_use_subcommand -a ${name} -d ${quoted(summary)}`,
      ...words.map((word) => `${after} -a ${word}`),
      ...[...Object.keys(options), 'json', 'help'].map((option) => `${after} -l ${option}`),
    ];
  });
  return `# switchyard for fish: switchyard completion fish | source\n${lines.join('\n')}\n`;
}

const SCRIPTS = { bash, zsh, fish };
