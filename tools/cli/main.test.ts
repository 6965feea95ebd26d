import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { commands } from './commands.ts';
import { startDesk, startFolder, type } from './trial-desk.ts';

test('without a command, and with --help, every command is named', async (t) => {
	const cwd = await startFolder(t);
	for (const argv of [[], ['--help'], ['help']]) {
		const { code, out } = await type(argv, { cwd });
		t.is(code, 0);
		for (const { name, summary } of commands) t.true(out.includes(name) && out.includes(summary));
	}
});

test('which version it is is told, to people and programs', async (t) => {
	const cwd = await startFolder(t);
	const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));

	const told = await type(['--version'], { cwd });
	t.is(told.code, 0);
	t.is(told.out, `mullion ${version}, on Node ${process.versions.node}\n`);
	t.deepEqual((await type(['--version', '--json'], { cwd })).json(), {
		version,
		node: process.versions.node,
	});
});

test('every command has help of its own, with examples that start with it', async (t) => {
	const cwd = await startFolder(t);
	for (const { name, load } of commands) {
		const { code, out } = await type([name, '--help'], { cwd });
		const command = await load();
		t.is(code, 0);
		t.is(command.name, name);
		t.true(out.startsWith(`Usage: mullion ${name}`));
		t.true(
			command.examples.length > 0 && command.examples.every(([line]) => line.startsWith(`mullion ${name}`)),
		);
	}
});

for (const argv of [
	['fly'],
	['list', '--wings'],
	['push'],
	['remove'],
	['new'],
	['wrap'],
	['wrap', 'a.wasm'],
	['send'],
	['send', 'a', '{}', 'b'],
	['logs', '--level', 'loud'],
	['logs', '--lines', 'many'],
	['build', 'a', 'b'],
] as const) {
	test(`"mullion ${argv.join(' ')}" is a wrong command line: exit code 2`, async (t) => {
		const { code, out, err } = await type(argv, { cwd: await startFolder(t) });

		t.is(code, 2);
		t.is(out, '');
		t.regex(err, /^mullion: .+ \(usage\)\n$/);
	});
}

test('where no headend runs, a command says how to start one: exit code 3', async (t) => {
	const { code, err } = await type(['list'], { cwd: await startFolder(t) });

	t.is(code, 3);
	t.regex(err, /npx mullion headend.*npm start/);
});

test('with --json an error is one JSON value on stdout, and nothing is on stderr', async (t) => {
	const { code, json, err } = await type(['list', '--json'], { cwd: await startFolder(t) });

	t.is(code, 3);
	t.like(json(), { error: { code: 'no-headend' } });
	t.is(err, '');
});

test('a broker that is not there is exit code 3, with where it was looked for', async (t) => {
	const argv = ['list', '--broker', 'mqtt://127.0.0.1:9', '--agent', 'os::x', '--json'];
	const { code, json } = await type(argv, { cwd: await startFolder(t) });

	t.is(code, 3);
	t.like(json(), { error: { code: 'unreachable' } });
});

test('a command that is interrupted says just that: exit code 130', async (t) => {
	const { cwd } = await startDesk(t);
	const signal = AbortSignal.abort();

	const { code, json } = await type(['list', '--agent', 'os::nobody', '--json'], { cwd, signal });

	t.is(code, 130);
	t.like(json(), { error: { code: 'interrupted', message: 'interrupted before it was done' } });
});

test('a headend file that is no JSON is named', async (t) => {
	const cwd = await startFolder(t);
	await mkdir(join(cwd, '.mullion'));
	await writeFile(join(cwd, '.mullion', 'headend.json'), '{');

	const { code, err } = await type(['list'], { cwd });

	t.is(code, 3);
	t.true(err.includes(join(cwd, '.mullion', 'headend.json')));
});

test('the headend is found from a folder below, too', async (t) => {
	const { cwd } = await startDesk(t);
	const below = join(cwd, 'modules', 'clock');
	await mkdir(below, { recursive: true });

	t.is((await type(['list'], { cwd: below })).code, 0);
});

test('a box that runs keeps its folder, whoever started it: no other is started there', async (t) => {
	const cwd = await startFolder(t);
	const folder = join(cwd, '.mullion', 'box');
	await mkdir(folder, { recursive: true });
	await mkdir(join(cwd, 'firmware'));
	await writeFile(join(cwd, 'firmware', 'main.ts'), 'process.stdin.resume(); process.stdout.write("here");');
	// As by hand: the box of a start that has ended.
	const box = spawn(process.execPath, ['firmware/main.ts', '--config', '.mullion/box/box.json'], { cwd });
	t.teardown(() => box.kill());
	await once(box.stdout, 'data');

	const { code, err } = await type(['start', '--once'], { cwd });

	t.is(code, 1);
	t.true(err.includes(`(process ${box.pid})`) && err.endsWith('(already-running)\n'), err);
	t.deepEqual(await readdir(folder), []);
});

test('a new module is made where it is wanted, and never over one that is there', async (t) => {
	const cwd = await startFolder(t);

	const made = await type(['new', 'door-bell', '--json'], { cwd });
	t.is(made.code, 0);
	t.like(made.json(), { name: 'door-bell', directory: join(cwd, 'door-bell') });
	t.is(JSON.parse(await readFile(join(cwd, 'door-bell', 'manifest.json'), 'utf8')).name, 'door-bell');

	t.like((await type(['new', 'door-bell', '--json'], { cwd })).json(), { error: { code: 'already-there' } });
	t.like((await type(['new', 'Door Bell', '--json'], { cwd })).json(), { error: { code: 'bad-name' } });
});

test('what cannot be built says so, and is not pushed', async (t) => {
	const cwd = await startFolder(t);

	const { code, json } = await type(['build', '--json'], { cwd });

	t.is(code, 1);
	t.like(json(), { error: { code: 'no-module' } });
});

test('a headend for a broker that is not there is exit code 3, and leaves no address', async (t) => {
	const cwd = await startFolder(t);
	const { code, json } = await type(['headend', '--broker', 'mqtt://127.0.0.1:9', '--json'], { cwd });

	t.is(code, 3);
	t.like(json(), { error: { code: 'unreachable' } });
	t.like((await type(['list', '--json'], { cwd })).json(), { error: { code: 'no-headend' } });
});
