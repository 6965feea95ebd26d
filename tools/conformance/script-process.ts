/** One script in a process of its own, which a component may leave broken: `node script-process.ts FILE`. */
import { readFile } from 'node:fs/promises';
import { localGlue } from './local-glue.ts';
import { runScript } from './script-run.ts';

console.log(JSON.stringify(await runScript(await readFile(process.argv[2] ?? '', 'utf8'), localGlue())));
