/** The scripts that let a shell complete the words of `product` and `feature`: each asks the command what fits. */

const BASH = `_product_env() {
  local IFS=$' \\t\\n' line=\${COMP_LINE:0:COMP_POINT} words word
  read -a words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=('')
  local typed=\${words[\${#words[@]}-1]}
  # Bash replaces only what follows the last @, = or : of the word
  local kept=\${typed%"$2"}
  COMPREPLY=()
  while IFS=$'\\t' read -r word _; do
    [[ $word == "$typed"* ]] && COMPREPLY+=("\${word#"$kept"}")
  done < <("\${1##*/}" complete -- "\${words[@]:1}" 2>/dev/null)
}
complete -o default -F _product_env product feature
`

const ZSH = `_product_env() {
  local -a found=(\${(f)"$($service complete -- "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null)"})
  found=("\${(@)found/$'\\t'/:}")
  _describe word found || _files
}
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit -i }
compdef _product_env product feature
`

const FISH = `function __product_env
    set -l words (commandline -cpo)
    set -l typed (commandline -ct)
    set -l found ($argv[1] complete -- $words[2..-1] "$typed" 2>/dev/null)
    if set -q found[1]
        printf '%s\\n' $found
    else
        __fish_complete_path "$typed"
    end
end
complete -c product -f -a '(__product_env product)'
complete -c feature -f -a '(__product_env feature)'
`

const SCRIPTS = { bash: BASH, zsh: ZSH, fish: FISH }

export const SHELLS = Object.keys(SCRIPTS) as readonly Shell[]

export type Shell = keyof typeof SCRIPTS

export function completionScript(shell: Shell): string {
  return `# Completes the words of product and feature: product completion ${shell}\n${SCRIPTS[shell]}`
}
