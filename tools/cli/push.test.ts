import test from 'ava';
import { CodedError } from '../../runtime/error.ts';
import { clock, schema } from './clock-module.fixture.ts';
import { emptyModule, startDesk, type } from './trial-desk.ts';

test('a file is pushed into the repository and onto the box, and shows in the list', async (t) => {
	const { type: run, write, repository } = await startDesk(t);
	await write('clock.wasm', clock('1.0.0'));

	const pushed = await run('push', 'clock.wasm', '--json');

	t.is(pushed.code, 0);
	t.deepEqual(pushed.json(), [
		{ name: 'clock', version: '1.0.0', url: 'tuf:modules/clock-1.0.0.wasm', action: 'installed' },
	]);
	t.deepEqual(Object.keys(await repository.targets()), ['modules/clock-1.0.0.wasm']);
	t.like(((await run('list', '--json')).json() as unknown[])[0], {
		name: 'clock',
		version: '1.0.0',
		status: 'Installed',
	});
	t.regex((await run('list')).out, /^MODULE +VERSION +STATUS +VENDOR +VMS +FROM\nclock +1\.0\.0 +Installed/);
});

test('pushed again, another version is an update, the same bytes are nothing, other bytes are put in its place', async (t) => {
	const { type: run, write, modules } = await startDesk(t);
	const push = async (bytes: Uint8Array) => {
		await write('clock.wasm', bytes);
		const [{ action } = { action: undefined }] = (await run('push', 'clock.wasm', '--json')).json() as {
			action: string;
		}[];
		return action;
	};

	t.is(await push(clock('1.0.0')), 'installed');
	t.is(await push(clock('1.1.0')), 'updated');
	t.is(await push(clock('1.1.0')), 'unchanged');
	t.is(await push(clock('1.1.0', 'other bytes')), 'reinstalled');
	t.deepEqual(modules.calls, [
		'install tuf:modules/clock-1.0.0.wasm',
		'update tuf:modules/clock-1.1.0.wasm',
		'uninstall clock',
		'install tuf:modules/clock-1.1.0.wasm',
	]);
});

test('a push that is interrupted while the box is without the module brings it back first', async (t) => {
	const { cwd, type: run, write, modules } = await startDesk(t);
	await write('clock.wasm', clock('1.0.0'));
	await run('push', 'clock.wasm');
	await write('clock.wasm', clock('1.0.0', 'other bytes'));
	const enough = new AbortController();
	modules.gate = async ({ name }) => {
		if (name === 'uninstall') enough.abort();
	};

	const { code } = await type(['push', 'clock.wasm'], { cwd, signal: enough.signal });

	t.is(code, 0);
	t.is(modules.calls.at(-1), 'install tuf:modules/clock-1.0.0.wasm');
});

test('pushed again, a module whose VM was parked is started, and what does not run is told with why', async (t) => {
	const { type: run, write, modules } = await startDesk(t);
	await write('clock.wasm', clock('1.0.0'));
	await run('push', 'clock.wasm');
	modules.change('clock', { state: 'parked', reason: 'failed too often; last: trapped' });

	const { json } = await run('push', 'clock.wasm', '--json');

	t.like((json() as unknown[])[0], {
		action: 'restarted',
		waiting: [{ vm: 'clock', state: 'parked', reason: 'failed too often; last: trapped' }],
	});
	t.is(modules.calls.at(-1), 'restart clock');
	t.regex((await run('push', 'clock.wasm')).out, /clock is parked: failed too often; last: trapped/);
});

test('a VM that is just starting is given a moment before it is told that it does not run', async (t) => {
	const { type: run, write, modules } = await startDesk(t);
	await write('clock.wasm', clock('1.0.0'));
	await run('push', 'clock.wasm');
	modules.change('clock', { state: 'starting', reason: 'started again' });
	const started = setTimeout(() => modules.change('clock', { state: 'running' }), 1000);
	t.teardown(() => clearTimeout(started));

	t.deepEqual((await run('push', 'clock.wasm')).out, 'clock 1.0.0 unchanged\n');

	modules.change('clock', { state: 'starting', reason: 'next try soon' });
	t.regex((await run('push', 'clock.wasm')).out, /clock is starting: next try soon/);
});

test('a module is not put in the place of one that another vendor made, and nothing is signed', async (t) => {
	const { type: run, write, repository, modules } = await startDesk(t);
	await write('clock.wasm', clock('1.0.0'));
	await run('push', 'clock.wasm');
	await write('theirs.wasm', emptyModule({ name: 'clock', version: '1.1.0', vendor: 'acme' }));

	const { code, err } = await run('push', 'theirs.wasm');

	t.is(code, 1);
	t.regex(err, /a clock of the vendor "mullion", not "acme".*mullion remove clock.*\(name-taken\)/);
	t.deepEqual(Object.keys(await repository.targets()), ['modules/clock-1.0.0.wasm']);
	t.deepEqual(modules.calls, ['install tuf:modules/clock-1.0.0.wasm']);
});

test('modules are removed all or none, each once, and stay in the repository', async (t) => {
	const { type: run, write, repository, modules } = await startDesk(t);
	await write('clock.wasm', clock('1.0.0'));
	await run('push', 'clock.wasm');

	t.like((await run('remove', 'clock', 'clok', '--json')).json(), {
		error: {
			code: 'unknown-module',
			message: 'there is no module "clok" on the box; there are clock',
		},
	});
	t.deepEqual(modules.calls, ['install tuf:modules/clock-1.0.0.wasm']);

	t.deepEqual((await run('remove', 'clock', 'clock', '--json')).json(), [
		{ name: 'clock', action: 'removed' },
	]);

	t.deepEqual((await run('list', '--json')).json(), []);
	t.deepEqual(Object.keys(await repository.targets()), ['modules/clock-1.0.0.wasm']);
});

test('with --offer a module goes into the repository and not onto the box', async (t) => {
	const { type: run, write, repository, modules } = await startDesk(t);
	await write('clock.wasm', clock('1.0.0'));

	t.like(((await run('push', '--offer', 'clock.wasm', '--json')).json() as unknown[])[0], {
		action: 'offered',
	});

	t.is(Object.keys(await repository.targets()).length, 1);
	t.deepEqual(modules.calls, []);
});

test('what is no module is not signed: exit code 1', async (t) => {
	const { type: run, write, repository } = await startDesk(t);
	await write('noise.wasm', new Uint8Array([1, 2, 3]));

	const { code, json } = await run('push', 'noise.wasm', '--json');

	t.is(code, 1);
	const { error } = json() as { error: { code: string; message: string } };
	t.is(error.code, 'not-a-component');
	t.regex(error.message, /^noise\.wasm: /);
	t.deepEqual(Object.keys(await repository.targets()), []);
});

test('a file that is not there is named', async (t) => {
	const { type: run } = await startDesk(t);

	t.like((await run('push', 'nowhere', '--json')).json(), {
		error: { code: 'no-such-file', message: 'there is no nowhere' },
	});
});

for (const [reason, fault, exit] of [
	['metadata-signature', 7036, 4],
	['target-digest', 7035, 4],
	['import-not-granted', 7002, 4],
	['disk-full', 7227, 1],
	['repository-unreachable', 7033, 1],
] as const) {
	test(`a box that answers ${reason} makes ${fault} and exit code ${exit}`, async (t) => {
		const { type: run, write, modules } = await startDesk(t);
		await write('clock.wasm', clock('1.0.0'));
		modules.gate = () => Promise.reject(new CodedError(reason, 'as the test wants it'));

		const { code, json } = await run('push', 'clock.wasm', '--json');

		t.is(code, exit);
		t.deepEqual(json(), { error: { code: reason, message: 'as the test wants it', fault } });
	});
}

test('a module is pushed with a configuration of the operator, which is told what is wrong with it', async (t) => {
	const { type: run, write, repository } = await startDesk(t);
	const config = { type: 'clock.Time', bytes: '' };
	const manifest = { name: 'clock', version: '1.0.0', subscribes: { 'clock.set': 'clock.Time' }, config };
	await write('clock.wasm', emptyModule(manifest, schema));
	const custom = async () => (await repository.targets())['modules/clock-1.0.0.wasm']?.custom;
	t.is((await run('push', 'clock.wasm', '--config', '{"hour": 7}')).code, 0);
	t.is((await custom())?.['config'], Uint8Array.of(8, 7).toBase64());
	const push = async (hour: number) =>
		(
			(await run('push', 'clock.wasm', '--json', '--config', `{"hour": ${hour}}`)).json() as {
				action: string;
			}[]
		)[0]?.action;
	t.is(await push(7), 'unchanged');
	t.is(await push(8), 'reinstalled');
	for (const [wrong, message] of [
		['{"hours": 7}', /--config\.hours is no field of Time/],
		['{', /--config is not JSON/],
	] as const) {
		const failed = await run('push', 'clock.wasm', '--config', wrong);
		t.not(failed.code, 0);
		t.regex(failed.err, message);
	}
	t.is((await custom())?.['config'], Uint8Array.of(8, 8).toBase64());
});

test('other bytes of a version keep the configuration that it was pushed with, unless they take another message', async (t) => {
	const { type: run, write, repository } = await startDesk(t);
	const manifest = { name: 'clock', version: '1.0.0', subscribes: { 'clock.set': 'clock.Time' } };
	const takes = (type: string, fill: string) =>
		emptyModule({ ...manifest, description: fill, config: { type, bytes: '' } }, schema);
	const custom = async () => (await repository.targets())['modules/clock-1.0.0.wasm']?.custom;
	await write('clock.wasm', takes('clock.Time', 'first'));
	await run('push', 'clock.wasm', '--config', '{"hour": 7}');

	await write('clock.wasm', takes('clock.Time', 'second'));
	t.like((await run('push', 'clock.wasm', '--json')).json(), [{ action: 'reinstalled' }]);
	t.is((await custom())?.['config'], Uint8Array.of(8, 7).toBase64());

	await write('clock.wasm', takes('clock.Alarm', 'third'));
	const refused = await run('push', 'clock.wasm');
	t.not(refused.code, 0);
	t.regex(refused.err, /offered with a clock\.Time .* --config/);
	t.is((await run('push', 'clock.wasm', '--config', 'null')).code, 0);
	t.is((await custom())?.['config'], null);
});

test('with --config null the configuration of the operator is taken back, also of a module that takes none any more', async (t) => {
	const { type: run, write, repository } = await startDesk(t);
	await write('clock.wasm', clock('1.0.0'));

	t.is((await run('push', 'clock.wasm', '--config', 'null')).code, 0);

	t.is((await repository.targets())['modules/clock-1.0.0.wasm']?.custom['config'], null);
});
