// What a service is, is kept when it stops, where its manifest asks for that: long before its interval is over.
import test from 'ava';
import { TestBox } from './test-box.ts';
import { withManifest } from './variant.ts';

const box = await TestBox.start();
const { operator } = box.stage;
const table = 'Device.SoftwareModules.ExecutionUnit.';

/** Written by itself once in an hour, so that it is the stop that has it written. */
const durability = { mode: 'snapshot', intervalMs: 3_600_000 };
const kept = withManifest(box.probe.built.bytes, (manifest) => ({ ...manifest, durability }));
const url = await box.sign(kept, 'modules/kept.wasm');
await box.install(url);

test.after.always(() => box[Symbol.asyncDispose]());

/** How many orders it has had, this one included. */
const count = async (): Promise<number> => (await box.ask({ what: 'answer' })).count;

async function request(RequestedState: 'Active' | 'Idle'): Promise<void> {
	const rows = Object.entries(await operator.get([table]));
	const [path] = rows.find(([, { EUID }]) => EUID === 'probe') ?? [];
	await operator.operate(`${path}SetRequestedState()`, { RequestedState }, { isSync: true });
}

/** Resolves when the VM runs that `go` has started. */
async function started(go: () => Promise<void>): Promise<void> {
	const from = box.lines.length;
	await go();
	await box.line(/probe: starting -> running/, from);
}

test.serial('stopped and started by the operator it goes on where it was', async (t) => {
	t.is(await count(), 1);
	t.is(await count(), 2);

	await request('Idle');
	await request('Active');

	t.is(await count(), 3);
});

test.serial(
	'stopped by the operator it is on disk, before a power cut and what comes after that',
	async (t) => {
		await request('Idle');
		await box.stage.powerCut();
		await box.stage.powerOn();
		await request('Active');

		t.is(await count(), 4);
	},
);

test.serial('started anew by the operator it goes on where it was', async (t) => {
	await started(() => box.restart('probe'));

	t.is(await count(), 5);
});

test.serial('a box that is told to end and starts again goes on where it was', async (t) => {
	await box.stage.box.stop();
	await started(() => box.stage.powerOn());

	t.is(await count(), 6);
});

test.serial('a cut undoes what it did since it last stopped, and no more', async (t) => {
	await box.stage.powerCut();
	await started(() => box.stage.powerOn());

	t.is(await count(), 6);
});

test.serial('removed and installed again it is new', async (t) => {
	t.deepEqual(await box.uninstall('probe'), { fault: 0, code: '' });
	t.deepEqual(await box.install(url), { fault: 0, code: '' });

	t.is(await count(), 1);
	t.deepEqual(
		box.lines.filter((line) => /state-lost|could not be kept/.test(line)),
		[],
	);
});
