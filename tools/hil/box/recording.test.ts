import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { orders, recordProbe } from '../../../runtime/recording/recorded-probe.fixture.ts';
import { SigningKey } from '../../certify/signing-key.ts';
import { startFolder, type } from '../../cli/trial-desk.ts';
import { certificateTarget } from '../../headend/repository/module-target.ts';
import { agentId } from '../../start/stage.ts';
import { TestBox } from './test-box.ts';
import { withManifest } from './variant.ts';

test.serial('a VM is recorded on a running box with one command, goes on, and replays equal', async (t) => {
	await using box = await TestBox.start();
	const { probe, stage } = box;
	t.is((await box.install(await box.publish(probe.built))).fault, 0);
	const cwd = await startFolder(t);
	const { broker, repositoryDirectory } = stage.headend;
	const run = (...argv: string[]) =>
		type([...argv, '--broker', broker, '--agent', agentId, '--repository', repositoryDirectory], { cwd });
	const from = box.lines.length;

	const recording = run('record', 'probe', '--turns', '2', '-o', 'probe.recording', '--json');
	await box.line(/probe: starting -> running/, from);
	await box.echo();
	await box.order({ what: 'put', text: 'colour', count: 3 });
	await box.echo();
	const recorded = await recording;

	t.like(recorded.json(), { vm: 'probe', turns: 3, ended: 'the turns asked for' });
	await box.echo();
	const replayed = await run('replay', 'probe.recording', '--json');
	t.deepEqual(replayed.json(), { turns: 3, of: 3, outcome: 'equal', ended: 'the turns asked for' });
	const inspected = await run('replay', 'probe.recording', '--until', '1', '--inspect', '--json');
	t.like(inspected.json(), { turn: 1, next: { length: 1 }, memoryBytes: 65_536 });
	const [effect] = (inspected.json() as { effects: string[] }).effects;
	t.regex(effect ?? '', /^reply \d+: "are you there"$/);
	t.regex(
		(await run('record', 'nobody', '-o', 'x')).err,
		/there is no VM "nobody"; there are probe \(unknown-vm\)/,
	);
});

test.serial(
	'a VM that is kept is recorded from where it goes on, for the very build that was recorded',
	async (t) => {
		await using box = await TestBox.start();
		const { broker, repositoryDirectory } = box.stage.headend;
		const kept = withManifest(box.probe.built.bytes, (own) => ({ ...own, durability: { mode: 'journal' } }));
		t.is((await box.install(await box.sign(kept, 'modules/probe.wasm'))).fault, 0);
		await box.order({ what: 'put', text: 'colour', count: 3 });
		await box.echo();
		const cwd = await startFolder(t);
		const run = (...argv: string[]) =>
			type([...argv, '--broker', broker, '--agent', agentId, '--repository', repositoryDirectory], { cwd });
		const from = box.lines.length;

		const recording = run('record', 'probe', '-n', '2', '-o', 'probe.recording', '--json');
		await box.line(/probe: starting -> running/, from);
		await box.order({ what: 'get', text: 'colour' });
		await box.echo();

		t.like((await recording).json(), { begin: 'state', turns: 2, ended: 'the turns asked for' });
		const replayed = await run('replay', 'probe.recording', '--json');
		t.deepEqual(replayed.json(), { turns: 2, of: 2, outcome: 'equal', ended: 'the turns asked for' });
		const inspected = await run('replay', 'probe.recording', '--until', '1', '--inspect', '--json');
		// What it had stored before.
		t.like(inspected.json(), { turn: 1, turns: 1, stored: { colour: '"xxx"' }, next: { length: 1 } });
		t.like((await run('replay', 'probe.recording', '--until', '3', '--json')).json(), {
			error: { code: 'no-such-turn', message: 'the recording ends with turn 2' },
		});

		await writeFile(join(cwd, 'probe.wasm'), box.probe.built.bytes);
		const other = await run('replay', 'probe.recording', 'probe.wasm');
		t.is(other.code, 1);
		t.regex(other.err, /begins with a state that only probe \S+ as it was recorded.*\(state-of-another\)/);
		await box.echo();
	},
);

test.serial(
	'a VM that fails while it is recorded leaves the turn that failed, and replays to the same fault',
	async (t) => {
		await using box = await TestBox.start();
		t.is((await box.install(await box.publish(box.probe.built))).fault, 0);
		const cwd = await startFolder(t);
		const { broker, repositoryDirectory } = box.stage.headend;
		const headend = ['--broker', broker, '--agent', agentId, '--repository', repositoryDirectory];
		const from = box.lines.length;

		const recording = type(['record', 'probe', '-o', 'probe.recording', '--json', ...headend], { cwd });
		await box.line(/probe: starting -> running/, from);
		await box.order({ what: 'trap' });

		t.like((await recording).json(), { turns: 2, ended: 'the VM failed' });
		const replayed = await type(['replay', 'probe.recording', '--inspect', '--json', ...headend], { cwd });
		t.like(replayed.json(), { outcome: 'equal', turn: 1, log: ['info about to trap'] });
		t.regex((replayed.json() as { effects: string[] }).effects[0] ?? '', /^fault trapped: probe: /);
	},
);

test.serial(
	'a box that demands certificates starts nothing without one, and what ran before goes on',
	async (t) => {
		const cwd = await startFolder(t);
		const key = await SigningKey.readOrMake(join(cwd, 'key.pem'));
		await using box = await TestBox.start({ certification: { required: true, keys: [key.publicHex] } });
		const { probe, stage } = box;
		const { broker, repository, repositoryDirectory } = stage.headend;
		const url = await box.publish(probe.built);
		await writeFile(join(cwd, 'probe.wasm'), probe.built.bytes);
		await writeFile(join(cwd, 'a.recording'), await recordProbe([orders({ what: 'count' })]));
		const push = (...argv: string[]) =>
			type(
				[
					'push',
					...argv,
					'--profile',
					'usual',
					'--broker',
					broker,
					'--agent',
					agentId,
					'--repository',
					repositoryDirectory,
				],
				{ cwd },
			);

		t.like(await box.install(url), { fault: 7002, code: 'not-certified' });
		t.deepEqual(await box.modules(), []);

		// By a key of its own beside the repository, which this box does not know.
		const unknown = await push('probe.wasm', '--certify', '--recording', 'a.recording');
		t.is(unknown.code, 4);
		t.regex(unknown.err, /not signed by a key that this box trusts/);
		t.deepEqual(await box.modules(), []);

		const pushed = await push('probe.wasm', '--certify', '--recording', 'a.recording', '--key', 'key.pem');
		t.is(pushed.code, 0, pushed.err);
		t.deepEqual(await box.modules(), ['probe 0.1.0']);

		const next = withManifest(probe.built.bytes, (manifest) => ({ ...manifest, version: '0.2.0' }));
		await writeFile(join(cwd, 'next.wasm'), next);
		const refused = await push('next.wasm', '--uncertified', '--json');
		t.like(refused.json(), { error: { code: 'not-certified', fault: 7002 } });
		t.deepEqual(await box.modules(), ['probe 0.1.0']);
		await box.echo();

		// The certificate of the version before, in the place of its own.
		const [path] = Object.keys(await repository.targets()).filter((each) => each.startsWith('certificates/'));
		t.truthy(path);
		const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(next))).toHex();
		const other = key.sign({
			module: 'probe',
			version: '0.2.0',
			digest: 'ab'.repeat(32),
			platform: '0.1.0',
			outcome: 'equal',
			certifiedAt: '',
			recordings: [],
			profiles: [],
		});
		await repository.addTarget({ ...certificateTarget(digest), bytes: new TextEncoder().encode(other) });
		t.like(await box.update('probe', 'tuf:modules/probe-0.2.0.wasm'), { code: 'not-certified' });

		const certified = await push('next.wasm', '--certify', '--recording', 'a.recording', '--key', 'key.pem');
		t.is(certified.code, 0, certified.err);
		t.deepEqual(await box.modules(), ['probe 0.2.0']);
		await box.echo();
	},
);
