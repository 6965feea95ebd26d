// What a module may use up is what it asks for within what the box allows: the operator reads where it ended.
import test from 'ava';
import { installPlayerWith, Playing } from './playing.ts';
import { TestBox } from './test-box.ts';
import { withManifest } from './variant.ts';

const bytesPerDay = 30_000;

const box = await TestBox.start({
	mediaMs: 8000,
	minimumTimeMs: 600_000,
	caps: { timers: 8 },
	grantCaps: { 'key-value': { maxBytes: 100 }, 'network-stream': { bytesPerDay } },
});
const bytes = withManifest(box.probe.built.bytes, (manifest) => ({
	...manifest,
	budget: { memoryPages: 64, timers: 256 },
	capabilities: { 'key-value': { maxBytes: 10_000 } },
}));
await box.install(await box.publish({ ...box.probe.built, bytes }));

test.after.always(() => box[Symbol.asyncDispose]());

/** Budgets that a VM has exceeded, as `mullion status` shows them. */
async function exceeded(vm: string): Promise<string[]> {
	return ((await box.vm(vm))?.overruns ?? []).map(({ budget }) => budget);
}

test.serial('a module keeps no more than the box allows, whatever its manifest asks for', async (t) => {
	const from = box.lines.length;
	await box.order({ what: 'put', text: 'small', count: 50 });
	await box.order({ what: 'put', text: 'large', count: 200 });
	await box.line(/probe exceeded its budget "storage".*/, from);
	await box.line(/a message on probe\.order .* was set aside/, from);
	await box.line(/probe: starting -> running/, from);

	t.is((await box.ask({ what: 'get', text: 'small' })).text, 'something');
	t.is((await box.ask({ what: 'get', text: 'large' })).text, 'nothing');
	t.deepEqual(await exceeded('probe'), ['storage']);
});

test.serial('a module fetches no more in a day than the box allows', async (t) => {
	// It asks for as much as there is.
	t.deepEqual(await installPlayerWith(box, { hosts: ['*'] }), { fault: 0, code: '' });
	const from = box.lines.length;
	const playing = await Playing.open(box);
	await box.line(
		new RegExp(`the ${bytesPerDay} bytes that its budget allows on \\w+ in a day are used up`),
		from,
	);
	const played = (await playing.ended())?.account?.played ?? 0;

	t.true(played > 0 && played < box.media.frames, `${played} of ${box.media.frames}`);
	const players = (await box.stage.sample()).vms.filter(({ module }) => module !== 'probe');
	t.true(players.some(({ overruns }) => overruns.some(({ budget }) => budget === 'network')));
});

test.serial('it sets no more timers than the box allows', async (t) => {
	const from = box.lines.length;
	await box.order({ what: 'storm', count: 9 });
	await box.line(/probe exceeded its budget "timers"/, from);
	await box.line(/a message on probe\.order .* was set aside/, from);
	t.true((await exceeded('probe')).includes('timers'));
});
