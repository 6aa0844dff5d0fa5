/** What each shell runs to know how to complete `kosmo`. The work is done by `kosmo __complete`. */
export const COMPLETION_SCRIPTS: Readonly<Record<string, string>> = {
  bash: `# bash completion for kosmo: source <(kosmo completion bash)
_kosmo() {
  local IFS=$'\\n'
  COMPREPLY=($("\${1/#\\~/$HOME}" __complete bash "$COMP_WORDBREAKS" "\${COMP_LINE:0:COMP_POINT}" 2>/dev/null </dev/null))
  # A folder, a flag that ends with = and a server with a dot are not whole words yet.
  [[ \${#COMPREPLY[@]} == 1 && \${COMPREPLY[0]} == *[/=.] ]] && compopt -o nospace 2>/dev/null
}
complete -o nosort -F _kosmo kosmo 2>/dev/null || complete -F _kosmo kosmo
`,
  zsh: `#compdef kosmo
# zsh completion for kosmo: source <(kosmo completion zsh), or as the file _kosmo in a folder of $fpath
_kosmo() {
  local line
  local -a values shown open openshown
  for line in "\${(@f)$(\${(Q)words[1]} __complete zsh -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null </dev/null)}"; do
    [[ -z $line ]] && continue
    if [[ \${line%%$'\\t'*} == *[/=.] ]]; then
      open+=("\${line%%$'\\t'*}")
      openshown+=("\${\${line/$'\\t'/  -- }%  -- }")
    else
      values+=("\${line%%$'\\t'*}")
      shown+=("\${\${line/$'\\t'/  -- }%  -- }")
    fi
  done
  (( \${#values} )) && compadd -l -d shown -- "\${values[@]}"
  (( \${#open} )) && compadd -l -S '' -d openshown -- "\${open[@]}"
}
if [[ \${funcstack[1]} == _kosmo ]]; then
  _kosmo "$@"
else
  (( $+functions[compdef] )) || { autoload -Uz compinit && compinit -u }
  compdef _kosmo kosmo
fi
`,
  fish: `# fish completion for kosmo: kosmo completion fish > ~/.config/fish/completions/kosmo.fish
function __kosmo_complete
    set -l words (commandline -opc)
    set -l word (commandline -ct)
    $words[1] __complete fish -- $words[2..-1] "$word" 2>/dev/null </dev/null
end
complete -c kosmo -f -a '(__kosmo_complete)'
`,
};
