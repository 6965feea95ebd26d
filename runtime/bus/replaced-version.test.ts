// A service, or the container between services, is replaced by another version while others talk to it without a pause.
import test from 'ava';
import { withManifest } from '../../tools/hil/box/variant.ts';
import { CarrierBox, carriers, courier, probeBytes } from './carrier-box.fixture.ts';

const publishes = { 'probe.out': 'probe.Word', 'far.order': 'probe.Order', 'far.echo': 'probe.Word' };
const journal = { mode: 'journal' };
const perPhase = 50;

/** Every message is a turn of its own, and is said whatever becomes of those before. */
async function say(box: CarrierBox, text: string): Promise<void> {
	for (let count = 0; count < perPhase; count++) {
		box.order('near', { what: 'tell', text, count: 1 });
		await box.run(1);
	}
}

for (const carrier of carriers)
	for (const mode of ['none', 'snapshot', 'journal'])
		test(`what is said to a service while it is replaced is heard once: ${carrier}, ${mode}`, async (t) => {
			const box = await CarrierBox.open(t, carrier, { durability: journal });
			await box.install(probeBytes('near', { publishes, durability: journal }));
			const far = (version: string): Uint8Array => probeBytes('far', { version, durability: { mode } });
			await box.install(far('1.0.0'));
			// It says each on where the box hears it.
			await say(box, 'far.echo');
			const updating = box.update('far', far('2.0.0'));
			await say(box, 'far.echo');
			await updating;
			await say(box, 'far.echo');
			await box.settle(300);
			t.is(box.words.length, 3 * perPhase);
		});

for (const from of ['none', 'journal'])
	test(`what services say while another version of their container comes is carried: ${from}`, async (t) => {
		const durability = { mode: from };
		const box = await CarrierBox.open(t, 'a container VM', { durability });
		await box.install(probeBytes('near', { publishes, durability: journal }));
		await box.install(probeBytes('far', { priority: 'background', durability: journal }));
		const next = withManifest(courier.built.bytes, (manifest) => ({
			...manifest,
			version: '9.0.0',
			durability,
		}));
		await say(box, 'far.order');
		const updating = box.update('courier', next);
		await say(box, 'far.order');
		await updating;
		await say(box, 'far.order');
		await box.settle(300);
		t.is(await box.orders('far'), 3 * perPhase + 1);
	});
