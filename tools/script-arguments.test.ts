import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import test from 'ava';

const scripts = ['image/main', 'image/start', 'hil/main', 'bench/main', 'bench/image', 'conformance/main'];

for (const name of scripts)
	test(`an option that ${name} does not have is told in one line`, (t) => {
		const script = fileURLToPath(new URL(`${name}.ts`, import.meta.url));
		const { status, stderr } = spawnSync(process.execPath, [script, '--nonsense'], { encoding: 'utf8' });
		t.is(status, 2);
		// The engine has warnings of its own.
		const lines = stderr.split('\n').filter((line) => !line.startsWith('('));
		t.deepEqual(lines, ["usage: Unknown option '--nonsense'; see --help", '']);
	});
