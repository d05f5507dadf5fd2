export const shells = ['bash', 'zsh', 'fish', 'powershell'] as const;

/** A script that asks `nautes __complete` for every completion, so that it never is out of date. */
export function completionScript(shell: (typeof shells)[number]): string {
  return SCRIPTS[shell];
}

const BASH = `# nautes completion for bash: source <(nautes completion bash)
_nautes_complete() {
  local current="\${COMP_WORDS[COMP_CWORD]}" line
  COMPREPLY=()
  while IFS= read -r line; do
    if [ "$line" = ':files' ]; then
      compopt -o filenames 2> /dev/null
      while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$current")
    else
      COMPREPLY+=("\${line%%$'\\t'*}")
    fi
  done < <(nautes __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2> /dev/null)
  case "\${COMPREPLY[0]}" in *=) compopt -o nospace 2> /dev/null ;; esac
}
complete -F _nautes_complete nautes
`;

const ZSH = `#compdef nautes
# nautes completion for zsh: source <(nautes completion zsh)
_nautes() {
  local -a found
  local line value text
  while IFS= read -r line; do
    if [[ $line == ':files' ]]; then
      _files
    else
      value="\${line%%$'\\t'*}" text=''
      [[ $line == *$'\\t'* ]] && text=":\${line#*$'\\t'}"
      found+=("\${value//:/\\\\:}$text")
    fi
  done < <(nautes __complete -- "\${(@)words[2,CURRENT]}" 2> /dev/null)
  (( \${#found} )) && _describe 'nautes' found
  return 0
}
compdef _nautes nautes
`;

const FISH = `# nautes completion for fish: nautes completion fish | source
function __nautes_complete
    set -l words (commandline -opc) (commandline -ct)
    for line in (nautes __complete -- $words[2..-1] 2> /dev/null)
        if test "$line" = ':files'
            __fish_complete_path (commandline -ct)
        else
            echo $line
        end
    end
end
complete -c nautes -f -a '(__nautes_complete)'
`;

const POWERSHELL = `# nautes completion for PowerShell: nautes completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName nautes -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @($commandAst.CommandElements | Select-Object -Skip 1 | ForEach-Object { $_.ToString() })
    if ($wordToComplete -eq '') { $words += '""' }
    & nautes __complete -- @words 2> $null | ForEach-Object {
        if ($_ -eq ':files') {
            Get-ChildItem -Path "$wordToComplete*" | ForEach-Object {
                [System.Management.Automation.CompletionResult]::new($_.Name)
            }
        } else {
            $parts = $_ -split "\`t", 2
            $tip = if ($parts.Count -gt 1) { $parts[1] } else { $parts[0] }
            [System.Management.Automation.CompletionResult]::new($parts[0], $parts[0], 'ParameterValue', $tip)
        }
    }
}
`;

const SCRIPTS: Readonly<Record<(typeof shells)[number], string>> = {
  bash: BASH,
  zsh: ZSH,
  fish: FISH,
  powershell: POWERSHELL,
};
