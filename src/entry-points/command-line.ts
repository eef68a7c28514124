#!/usr/bin/env node
import { runCommand } from '../app/command-line/run-command.js';

const { out, err, status } = runCommand(process.argv.slice(2));
process.stdout.write(out);
process.stderr.write(err);
process.exitCode = status;
