import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { completed } from './complete-lock.ts';

test('the lock names the optional packages of every platform, so that npm ci takes it anywhere', async (t) => {
	const text = await readFile(join(import.meta.dirname, '../../package-lock.json'), 'utf8');
	const lock = JSON.parse(text);
	t.deepEqual(completed(lock), lock, 'run node tools/build/complete-lock.ts');
});

test('what is missing is added with its platform, wherever it was wanted', (t) => {
	const { packages } = completed({
		packages: {
			'node_modules/tool': {
				version: '1.0.0',
				dev: true,
				optionalDependencies: { '@tool/linux-x64-musl': '1.2.3' },
			},
			'node_modules/other': { version: '1.0.0', optionalDependencies: { fine: '1.0.0' } },
			'node_modules/other/node_modules/fine': { version: '1.0.0', optional: true },
		},
	});
	t.deepEqual(packages['node_modules/@tool/linux-x64-musl'], {
		version: '1.2.3',
		cpu: ['x64'],
		libc: ['musl'],
		os: ['linux'],
		dev: true,
		optional: true,
	});
	t.is(packages['node_modules/fine'], undefined);
});
