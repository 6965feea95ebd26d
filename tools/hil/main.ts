/** `npm run hil`: builds images and tries them on boards, QEMU's or a lab's; with a report for people and machines. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { writeOverview } from './board/report-overview.ts';

const { values, positionals } = parseArgs({
	options: {
		report: { type: 'boolean', default: false },
		out: { type: 'string', default: 'dist/hil' },
		help: { type: 'boolean', default: false },
	},
	allowPositionals: true,
});

if (values.help) {
	console.log(`usage: npm run hil -- [options] [file ...]

  --report   leaves index.html and junit.xml of each file's run below --out
  --out DIR  default dist/hil

Without files all tests of images are run. MULLION_LAB=lab.json has a lab's boards take part (tools/hil/board/README.md).`);
	process.exit(0);
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const out = resolve(values.out);
if (values.report) await rm(out, { recursive: true, force: true });
const child = spawn(
	process.execPath,
	[join(root, 'node_modules/ava/entrypoints/cli.js'), '--config', 'ava.hil.config.js', ...positionals],
	{
		cwd: root,
		stdio: 'inherit',
		env: { ...process.env, ...(values.report && { MULLION_REPORTS: out }) },
	},
);
const [code] = await once(child, 'exit');
if (values.report) console.log(await writeOverview(out, Number(code ?? 1)));
process.exitCode = Number(code ?? 1);
