// An operator takes a VM to another cell while it runs: it goes on where it was, or stays where it is and he reads why.
import test from 'ava';
import { socketMaker, withManifest as wrapped } from '../../../runtime/foreign/testbed.ts';
import { type } from '../../cli/trial-desk.ts';
import { agentId } from '../../start/stage.ts';
import { TestBox } from './test-box.ts';
import { type Json, withManifest } from './variant.ts';

const box = await TestBox.start();
const { operator } = box.stage;
const table = 'Device.SoftwareModules.ExecutionUnit.';

async function installAs(name: string, changes: Json = {}): Promise<void> {
	const bytes = withManifest(box.probe.built.bytes, (manifest) => ({
		...manifest,
		name,
		publishes: { 'probe.out': 'probe.Word' },
		subscribes: { [`${name}.order`]: 'probe.Order', [`${name}.echo`]: 'probe.Word' },
		...changes,
	}));
	await box.install(await box.sign(bytes, `modules/${name}.wasm`));
}

await installAs('roamer', { budget: { memoryPages: 64, turnMs: 2000 } });
await installAs('neighbour', { priority: 'background' });
await installAs('guard', { domain: 'authorized' });
await installAs('keeper', { durability: { mode: 'journal' } });
const stranger = wrapped(await socketMaker(), { name: 'stranger', budget: { memoryPages: 32 } });
await box.install(await box.sign(stranger, 'modules/stranger.wasm'));

test.after.always(() => box[Symbol.asyncDispose]());

/** As it is typed. */
const move = (...args: string[]) =>
	type(['move', ...args, '--broker', box.stage.headend.broker, '--agent', agentId, '--json'], {
		cwd: box.directory,
	});

async function cellOf(vm: string): Promise<string | undefined> {
	const rows = await operator.get([table]);
	return Object.values(rows).find(({ EUID }) => EUID === vm)?.['X_MULLION_Cell'];
}

const orders = async (): Promise<number> => (await box.ask({ what: 'answer' }, 'roamer.order')).count;

test.serial('it goes on where it was, in a cell that is there and in one that is made for it', async (t) => {
	t.is(await orders(), 1);
	t.like((await move('roamer', 'open-background')).json(), {
		vm: 'roamer',
		from: 'open-interactive',
		to: 'open-background',
	});
	t.is(await cellOf('roamer'), 'open-background');
	t.is(await orders(), 2);

	t.is((await move('roamer', 'open-apart', '--new')).code, 0);
	t.is(await orders(), 3);
	await box.line(/roamer: moved from open-background to open-apart/);
	const cells = Object.values(await operator.get(['Device.SoftwareModules.ExecEnv.']));
	t.true(cells.some(({ Name, Status }) => Name === 'open-apart' && Status === 'Up'));
	t.like(await box.vm('roamer'), { restarts: 0 });
});

test.serial('a turn that it is in the middle of is waited for', async (t) => {
	const before = await orders();
	await box.order({ what: 'log', count: 2_000_000, text: 'la' }, 'roamer.order');
	t.is((await move('roamer', 'open-interactive')).code, 0);
	t.is(await cellOf('roamer'), 'open-interactive');
	t.is(await orders(), before + 2);
	t.like(await box.vm('roamer'), { restarts: 0, faults: {} });
});

test.serial('one whose turn fails meanwhile is not moved, and can be when it is back', async (t) => {
	const from = box.lines.length;
	const back = box.line(/roamer: starting -> running/, from);
	await box.order({ what: 'loop' }, 'roamer.order');
	t.regex((await move('roamer', 'open-apart')).out, /"code":"(not-movable|vm-gone)"/);
	t.is(await cellOf('roamer'), 'open-interactive');
	await back;
	await box.echo('roamer.echo');
	await box.line(/a message on roamer\.order .* was set aside/, from);
	await box.echo('roamer.echo');
});

const refused: Record<string, { args: string[]; code: string; fault: number }> = {
	'a VM that is kept': { args: ['keeper', 'open-background'], code: 'not-movable', fault: 7229 },
	'a component of another toolchain': {
		args: ['stranger', 'open-background'],
		code: 'not-movable',
		fault: 7229,
	},
	'a VM into the cell of those': { args: ['roamer', 'open-foreign'], code: 'not-movable', fault: 7229 },
	'a VM into a cell of another domain': {
		args: ['roamer', 'authorized-interactive'],
		code: 'denied',
		fault: 7002,
	},
	'a VM into a new cell that has the name of another domain': {
		args: ['roamer', 'authorized-new', '--new'],
		code: 'denied',
		fault: 7002,
	},
	'a VM into a new cell whose name is a path': {
		args: ['roamer', 'open-../x', '--new'],
		code: 'denied',
		fault: 7002,
	},
	'a VM into a cell that is not there': {
		args: ['roamer', 'open-nowhere'],
		code: 'unknown-environment',
		fault: 7223,
	},
};

for (const [what, { args, code, fault }] of Object.entries(refused)) {
	test.serial(`${what} is not moved, and runs on where it is`, async (t) => {
		const before = await cellOf(args[0] ?? '');
		const cells = Object.keys(await operator.get(['Device.SoftwareModules.ExecEnv.']));
		t.like((await move(...args)).json(), { error: { code, fault } });
		t.is(await cellOf(args[0] ?? ''), before);
		t.deepEqual(Object.keys(await operator.get(['Device.SoftwareModules.ExecEnv.'])), cells);
		await box.echo('roamer.echo');
	});
}

test.serial(
	'a VM that the box does not have is named, and one that is stopped stays where it is',
	async (t) => {
		t.like((await move('nobody', 'open-background')).json(), { error: { code: 'unknown-vm' } });
		const rows = Object.entries(await operator.get([table]));
		const [path] = rows.find(([, { EUID }]) => EUID === 'neighbour') ?? [];
		await operator.operate(`${path}SetRequestedState()`, { RequestedState: 'Idle' }, { isSync: true });
		t.like((await move('neighbour', 'open-interactive')).json(), { error: { code: 'vm-gone', fault: 7229 } });
		await operator.operate(`${path}SetRequestedState()`, { RequestedState: 'Active' }, { isSync: true });
	},
);

test.serial(
	'a restart of the VM leaves it in its new cell, and one of the box puts it where it belongs',
	async (t) => {
		t.is((await move('roamer', 'open-background')).code, 0);
		await box.restart('roamer');
		await box.echo('roamer.echo');
		t.is(await cellOf('roamer'), 'open-background');

		await box.stage.powerCut();
		await box.stage.powerOn();
		await box.echo('roamer.echo');
		t.is(await cellOf('roamer'), 'open-interactive');
	},
);
