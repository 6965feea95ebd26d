/** `npm run hil`: builds images and tries them on boards, QEMU's or a lab's; with a report for people and machines. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { scriptArguments } from '../script-arguments.ts';
import { writeOverview } from './board/report-overview.ts';
import { environmentOf, tiers } from './tiers.ts';

const { values, positionals } = scriptArguments({
	options: {
		report: { type: 'boolean', default: false },
		tier: { type: 'string' },
		out: { type: 'string', default: 'dist/hil' },
		help: { type: 'boolean', default: false },
	},
	allowPositionals: true,
});
const tier = values.tier === undefined ? undefined : tiers[values.tier];

if (values.help || (values.tier !== undefined && tier === undefined)) {
	const names = Object.entries(tiers).map(([name, { about }]) => `  ${name.padEnd(10)}${about}`);
	console.log(`usage: npm run hil -- [options] [file ...]

  --tier NAME  only the tests of one tier
  --report     leaves a page and junit.xml of each file that is a run below --out, and one page for all
  --out DIR    default dist/hil

tiers:
${names.join('\n')}

Without files all tests of images are run. MULLION_LAB=lab.json has a lab's boards take part (tools/hil/board/README.md).`);
	process.exit(values.help ? 0 : 2);
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const out = resolve(values.out);
if (values.report) await rm(out, { recursive: true, force: true });
const config = tier?.isPlain === true ? [] : ['--config', 'ava.hil.config.js'];
const files = [...(tier?.files ?? []), ...positionals];
const child = spawn(
	process.execPath,
	[join(root, 'node_modules/ava/entrypoints/cli.js'), ...config, ...files],
	{
		cwd: root,
		stdio: 'inherit',
		env: { ...environmentOf(tier, process.env), ...(values.report && { MULLION_REPORTS: out }) },
	},
);
const [code] = await once(child, 'exit');
if (values.report) console.log(await writeOverview(out, Number(code ?? 1)));
process.exitCode = Number(code ?? 1);
