// Modules that firmware carries, over updates that are kept and given back: what they are, what they kept, what the operator did.
import test from 'ava';
import { makeProbe } from '../../../modules/probe/testbed.ts';
import { imageTable, SlotBox } from './slot-box.ts';
import { withManifest } from './variant.ts';

const { built, order } = await makeProbe();
const version = (version: string, name = 'probe') =>
	withManifest(built.bytes, (manifest) => ({
		...manifest,
		name,
		version,
		...(name !== 'probe' && { publishes: {}, subscribes: { [`${name}.echo`]: 'probe.Word' } }),
	}));
const next = [{ bytes: version('2.0.0') }, { bytes: version('1.0.0', 'other') }];
/** It is never up for so long. */
const neverGood = { everyMs: 100, needed: 1_000_000 };
const plan = await SlotBox.start({
	1: { modules: [{ bytes: version('1.0.0') }, { bytes: version('1.0.0', 'chosen') }] },
	2: { modules: next, trial: neverGood },
	3: { modules: [...next, { bytes: version('9.0.0', 'chosen'), policy: 'keep' }] },
});
const { box } = plan;
test.after.always(() => plan[Symbol.asyncDispose]());

/** Whether the probe has kept something under this key. */
async function has(key: string): Promise<boolean> {
	const Payload = order({ what: 'get', text: key }).toBase64();
	const answer = await box.stage.operator.operate(
		'Device.X_MULLION_Bus.Request()',
		{ Topic: 'probe.order', Payload, DeadlineMs: '10000' },
		{ isSync: true },
	);
	return new TextDecoder().decode(Uint8Array.fromBase64(answer['Payload'] ?? '')).includes('something');
}
const put = (key: string) => box.order({ what: 'put', text: key, count: 1 });

test.serial(
	'a box has what its firmware carries from the first start, and what the operator does beside it',
	async (t) => {
		t.deepEqual(await box.modules(), ['chosen 1.0.0', 'probe 1.0.0']);
		await box.echo();
		await put('of-one');
		t.true(await has('of-one'));
		t.is(
			(await box.update('chosen', await box.sign(version('5.0.0', 'chosen'), 'modules/chosen.wasm'))).fault,
			0,
		);
		t.is((await box.install(await box.sign(version('1.0.0', 'pushed'), 'modules/pushed.wasm'))).fault, 0);
	},
);

test.serial(
	'firmware on trial has its own, with what was kept; given back, all is as it was before it',
	async (t) => {
		const before = await box.modules();
		const updated = plan.download(2, 'b');
		await plan.restarted(() => updated);
		t.deepEqual(await box.modules(), ['chosen 5.0.0', 'other 1.0.0', 'probe 2.0.0', 'pushed 1.0.0']);
		await box.echo('other.echo');
		t.true(await has('of-one'));
		await put('of-two');

		for (let starts = 3; starts > 0; starts--) await plan.powerCut();
		t.deepEqual(await updated, { fault: 7022, code: 'activation-failed' });
		t.deepEqual(await box.modules(), before);
		t.true(await has('of-one'));
		t.false(await has('of-two'));
	},
);

test.serial(
	'firmware that is kept leaves alone what the operator chose, and the way back brings what was there',
	async (t) => {
		const before = await box.modules();
		const updated = plan.download(3, 'b');
		await plan.restarted(() => updated);
		t.is((await updated).fault, 0);
		t.deepEqual(await box.modules(), ['chosen 5.0.0', 'other 1.0.0', 'probe 2.0.0', 'pushed 1.0.0']);
		t.true(await has('of-one'));
		await put('of-three');
		await box.uninstall('pushed');

		const { operator } = box.stage;
		await operator.set('Device.DeviceInfo.', { BootFirmwareImage: `${imageTable}1` });
		await plan.powerCut();
		t.like((await plan.images())[0], { Name: 'a', Status: 'Active' });
		t.deepEqual(
			await box.modules(),
			before.filter((module) => !module.startsWith('pushed ')),
		);
		t.true(await has('of-one'));
		t.false(await has('of-three'));
	},
);
