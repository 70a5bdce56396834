/** `authtop completion SHELL`: prints a completion script made from the program's own commands and options. */
import { Argument, type Command } from 'commander'
import { print } from './output.ts'

const SHELLS = ['bash', 'zsh', 'fish'] as const
type Shell = (typeof SHELLS)[number]

export function completionCommand(program: Command): void {
  program
    .command('completion')
    .summary('print a shell completion script')
    .description('Prints a completion script for the shell; see the examples for where it goes.')
    .addArgument(new Argument('<shell>', 'which shell').choices(SHELLS))
    .addHelpText(
      'after',
      `
Examples:
  $ authtop completion bash > ~/.local/share/bash-completion/completions/authtop
  $ authtop completion zsh > "\${fpath[1]}/_authtop"
  $ authtop completion fish > ~/.config/fish/completions/authtop.fish

Exit codes: 0 fine, 2 wrong usage.`,
    )
    .action(async (shell: Shell) => print(SCRIPTS[shell](describe(program))))
}

interface Described {
  name: string
  summary: string
  options: { flag: string; text: string }[]
}

function describe(program: Command): Described[] {
  return program.commands.map((command) => ({
    name: command.name(),
    summary: command.summary() || command.description(),
    options: [
      ...command.options.map((o) => ({ flag: o.long ?? o.short ?? '', text: o.description })),
      { flag: '--help', text: 'print help' },
    ],
  }))
}

const SCRIPTS: Readonly<Record<Shell, (commands: Described[]) => string>> = {
  bash: (commands) => `# bash completion for authtop
_authtop() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" command="\${COMP_WORDS[1]}"
  COMPREPLY=()
  if [[ $COMP_CWORD -eq 1 && $cur != -* ]]; then
    COMPREPLY=($(compgen -W "${commands.map((c) => c.name).join(' ')}" -- "$cur") $(compgen -f -- "$cur"))
    return
  fi
  if [[ $cur == -* ]]; then
    case "$command" in
${commands.map((c) => `      ${c.name}) COMPREPLY=($(compgen -W "${c.options.map((o) => o.flag).join(' ')}" -- "$cur")) ;;`).join('\n')}
    esac
    return
  fi
  COMPREPLY=($(compgen -f -- "$cur"))
}
complete -o filenames -F _authtop authtop
`,
  zsh: (commands) => `#compdef authtop
local -a commands
commands=(
${commands.map((c) => `  ${quote(`${c.name}:${c.summary}`)}`).join('\n')}
)
if (( CURRENT == 2 )); then
  _describe -t commands command commands
  _files
  return
fi
case "$words[2]" in
${commands.map((c) => `  ${c.name}) _arguments ${c.options.map((o) => quote(`${o.flag}[${o.text.replace(/[[\]:]/g, ' ')}]`)).join(' ')} '*:file:_files' ;;`).join('\n')}
esac
`,
  fish: (commands) =>
    `# fish completion for authtop
${commands
  .flatMap((c) => [
    `complete -c authtop -n __fish_use_subcommand -a ${c.name} -d ${quote(c.summary)}`,
    ...c.options.map(
      (o) =>
        `complete -c authtop -n '__fish_seen_subcommand_from ${c.name}' -l ${o.flag.replace(/^-+/, '')} -d ${quote(o.text)}`,
    ),
  ])
  .join('\n')}
`,
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
