# SPDX-License-Identifier: GPL-2.0-or-later
# bash completion for postern(1)

_postern_verbs="status bans why watch ban unban allow omitted rules ack panic resume
	check replay ruleset reload doctor log summary export verify hold
	review witness records help"

# Banned prefixes, for unban and why: only where the daemon answers at once.
_postern_banned() {
	timeout 1 postern --json bans 2>/dev/null | head -n 200 |
		sed -n 's/.*"prefix":"\([^"]*\)".*/\1/p'
}

_postern() {
	local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
	local verb='' i
	COMPREPLY=()
	# Colons separate words for bash: an IPv6 address comes in pieces.
	if [[ $COMP_WORDBREAKS == *:* && $word$previous == *:* ]]; then
		word=${COMP_LINE:0:COMP_POINT}
		word=${word##*[[:space:]]}
	fi
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		--socket|--config|-c) ((i++)) ;;
		-*) ;;
		*) verb=${COMP_WORDS[i]}; break ;;
		esac
	done
	case $previous in
	--socket|--config|-c)
		mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
	--for)
		mapfile -t COMPREPLY < <(compgen -W "10m 1h 1d 7d 30d forever" \
			-- "$word"); return ;;
	--diff)
		mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
	--scope)
		mapfile -t COMPREPLY < <(compgen -W "all mail" -- "$word"); return ;;
	--reason) return ;;
	esac
	local choices=
	case $verb in
	'') choices="$_postern_verbs --json --socket --config --version" ;;
	ban) choices="--for --scope --reason --json" ;;
	unban) choices="--all --pardon --reason --json $(_postern_banned)" ;;
	allow) choices="--reason --for --remove --json" ;;
	ack) choices="--all --json" ;;
	replay)
		mapfile -t COMPREPLY < <(compgen -f -- "$word"
			compgen -W "--since --diff --enforce --quiet --sessions --json" \
				-- "$word")
		return ;;
	reload) choices="--confirm --json" ;;
	log) choices="--since --address -f --json" ;;
	summary) choices="--day --week --month --json" ;;
	export) choices="--format --to --cursor --follow --case --reason --pseudonyms --kind --sign --server" ;;
	verify) choices="--key" ;;
	hold) choices="add list lift" ;;
	review) choices="sign --since --until" ;;
	witness) choices="--at" ;;
	records) choices="init seal" ;;
	why) choices="--trace --for --json $(_postern_banned)" ;;
	panic) choices="--in --out --all --reason --json" ;;
	resume) choices="--reason --json" ;;
	status|bans|watch|omitted|rules|doctor) choices="--json" ;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$choices" -- "$word")
	# Of what is offered bash replaces the last piece alone.
	if [[ $COMP_WORDBREAKS == *:* && $word == *:* ]]; then
		COMPREPLY=("${COMPREPLY[@]#"${word%"${word##*:}"}"}")
	fi
}
complete -F _postern postern
