// What services say to each other is heard in the same way, whether the platform carries it or a container VM does.
import test from 'ava';
import { seededRandom } from '../../tools/hil/link/random.ts';
import { type Carrier, CarrierBox, carriers, probeBytes } from './carrier-box.fixture.ts';

const says = { 'probe.out': 'probe.Word' };
const journal = { durability: { mode: 'journal' } };

/** Where two services live: with the courier, with each other, or each alone. */
const places = {
	'in one cell': [{ domain: 'authorized' }, { domain: 'authorized' }],
	'in one cell of the open domain': [{}, {}],
	'in two cells': [{ domain: 'authorized' }, { priority: 'background' }],
	'each in a cell of its own': [{ priority: 'background' }, {}],
} as const;

async function pair(
	t: Parameters<typeof CarrierBox.open>[0],
	carrier: Carrier,
	[near, far]: readonly [object, object] = places['in two cells'],
): Promise<CarrierBox> {
	const box = await CarrierBox.open(t, carrier);
	await box.install(
		probeBytes('near', {
			publishes: {
				...says,
				'far.echo': 'probe.Word',
				'far.order': 'probe.Order',
				'probe.order': 'probe.Order',
			},
			...near,
		}),
	);
	await box.install(
		probeBytes('far', {
			subscribes: { 'far.order': 'probe.Order', 'far.echo': 'probe.Word', 'probe.order': 'probe.Order' },
			...far,
		}),
	);
	return box;
}

for (const carrier of carriers) {
	for (const [where, at] of Object.entries(places)) {
		test(`carried by ${carrier}, messages ${where} come once and in the order they were said`, async (t) => {
			const box = await pair(t, carrier, at);
			for (let count = 0; count < 300; count++)
				box.order('near', { what: 'tell', text: 'far.echo', count: 1 });
			const words = await box.said();
			t.deepEqual(
				words,
				Array.from({ length: 300 }, (_, index) => ({ text: 'x', count: index + 1 })),
			);
		});

		test(`carried by ${carrier}, requests ${where} are answered, refused, left alone and denied`, async (t) => {
			const box = await pair(t, carrier, at);
			box.order('near', { what: 'ask', count: 1000 });
			t.deepEqual(await box.saidTexts(), ['answered an answer']);
			box.order('near', { what: 'ask', text: 'refuse', count: 1000 });
			t.deepEqual(await box.saidTexts(), ['failed 2']);
			box.order('near', { what: 'ask', text: 'silence', count: 20 });
			t.deepEqual(await box.saidTexts(), ['failed 1']);
			await box.modules.setState('far', 'idle');
			box.order('near', { what: 'ask', count: 1000 });
			t.deepEqual(await box.saidTexts(), ['failed 0']);
		});

		test(`carried by ${carrier}, a large message ${where} arrives as it was`, async (t) => {
			const box = await pair(t, carrier, at);
			box.order('near', { what: 'tell', text: 'far.echo', count: 150_000 });
			t.deepEqual(await box.said(), [{ text: 'x'.repeat(150_000), count: 1 }]);
		});
	}

	test(`carried by ${carrier}, a message reaches everyone who subscribes it, and the box, once each`, async (t) => {
		const box = await CarrierBox.open(t, carrier);
		await box.install(probeBytes('near'));
		const hears = { subscribes: { 'probe.out': 'probe.Word' }, publishes: {} };
		const others = ['one', 'two', 'three'];
		for (const [index, name] of others.entries())
			await box.install(
				probeBytes(name, {
					...hears,
					subscribes: { ...hears.subscribes, [`${name}.order`]: 'probe.Order' },
					domain: index === 1 ? 'authorized' : 'open',
					priority: index === 2 ? 'background' : 'interactive',
				}),
			);
		for (let count = 0; count < 10; count++) box.order('near', { what: 'count' });
		t.is((await box.said()).length, 10);
		for (const name of others) t.is(await box.orders(name), 11, name);
	});

	test(`carried by ${carrier}, the first that serves a topic is asked, and the next one once that has gone`, async (t) => {
		const box = await pair(t, carrier);
		await box.install(
			probeBytes('next', { subscribes: { 'probe.order': 'probe.Order', 'next.order': 'probe.Order' } }),
		);
		box.order('near', { what: 'ask', count: 1000 });
		t.deepEqual(await box.saidTexts(), ['answered an answer']);
		t.deepEqual([await box.orders('far'), await box.orders('next')], [2, 1]);
		await box.modules.uninstall('far', { retainData: false });
		box.order('near', { what: 'ask', count: 1000 });
		t.deepEqual(await box.saidTexts(), ['answered an answer']);
		t.is(await box.orders('next'), 3);
	});

	test(`carried by ${carrier}, a service that has failed hears nothing of what it asked before`, async (t) => {
		const box = await pair(t, carrier);
		box.order('near', { what: 'ask', text: 'silence', count: 3000 });
		box.order('near', { what: 'trap' });
		await box.settle(2000);
		box.order('near', { what: 'ask', count: 1000 });
		t.deepEqual(await box.saidTexts(), ['answered an answer']);
		await box.settle(3000);
		t.deepEqual(await box.saidTexts(), []);
	});

	test(`carried by ${carrier}, what a service says to itself it hears on a later turn`, async (t) => {
		const box = await CarrierBox.open(t, carrier);
		await box.install(probeBytes('near', { publishes: { ...says, 'near.order': 'probe.Order' } }));
		box.order('near', { what: 'chain', count: 5 });
		t.deepEqual(await box.saidTexts(), ['5', '4', '3', '2', '1', '0']);
	});

	test(`carried by ${carrier}, a message that the policy denies reaches nobody`, async (t) => {
		const box = await CarrierBox.open(t, carrier);
		const type = { 'media.state': 'probe.Word' };
		await box.install(probeBytes('near', { publishes: { ...says, ...type } }));
		await box.install(
			probeBytes('far', {
				domain: 'authorized',
				publishes: says,
				subscribes: { ...type, 'far.order': 'probe.Order' },
			}),
		);
		box.order('near', { what: 'forbidden' });
		t.deepEqual(await box.said(), []);
		t.is(await box.orders('far'), 1);
		t.true(box.logs.includes('near: denied: near may not publish on media.state'));
	});

	test(`carried by ${carrier}, a service that is replaced gets what is said once it is there, once and in order`, async (t) => {
		const box = await pair(t, carrier);
		const tell = (): void => box.order('near', { what: 'tell', text: 'far.echo', count: 1 });
		for (let count = 0; count < 50; count++) tell();
		const before = await box.said();
		t.is(before.length, 50);
		const update = box.update('far', probeBytes('far', { version: '2.0.0', priority: 'background' }));
		for (let count = 0; count < 50; count++) tell();
		await update;
		for (let count = 0; count < 50; count++) tell();
		const counts = (await box.said()).map(({ count }) => count);
		t.deepEqual(
			counts.slice(-50),
			Array.from({ length: 50 }, (_, index) => index + 101),
		);
		t.true(counts.every((count, index) => count > (counts[index - 1] ?? 50)));
	});

	test(`carried by ${carrier}, a topic that comes with a new module is carried at once`, async (t) => {
		const box = await CarrierBox.open(t, carrier);
		await box.install(probeBytes('near', { publishes: { ...says, 'late.echo': 'probe.Word' } }));
		await box.install(probeBytes('late'));
		await box.install(
			probeBytes('later', {
				publishes: { ...says, 'latest.echo': 'probe.Word', 'latest.order': 'probe.Order' },
			}),
		);
		await box.install(probeBytes('latest', { domain: 'authorized' }));
		box.order('near', { what: 'tell', text: 'late.echo', count: 2 });
		box.order('later', { what: 'tell', text: 'latest.echo', count: 3 });
		t.deepEqual((await box.saidTexts()).toSorted(), ['xx', 'xxx']);
	});

	for (const [where, at] of [
		['one cell', [{}, {}]],
		['the cell of the courier', [{ domain: 'authorized' }, { domain: 'authorized' }]],
		['two cells', [{ domain: 'authorized' }, { priority: 'background' }]],
	] as const)
		test(`carried by ${carrier}, journalled services of ${where} lose and double nothing, whenever the power goes`, async (t) => {
			let box = await pair(t, carrier, [
				{ ...at[0], ...journal },
				{ ...at[1], ...journal },
			]);
			const random = seededRandom(at.length + carrier.length);
			const upTo = (most: number): number => Math.floor(random() * (most + 1));
			const asked = { near: 0, far: 0 };
			// The questions are orders too.
			const orders = async (name: 'near' | 'far') => (await box.orders(name)) - ++asked[name];
			let certain = 0;
			for (let cut = 0; cut < 16; cut++) {
				for (let count = upTo(30); count >= 0; count--) {
					box.order('near', { what: 'tell', text: 'far.order', count: 1 });
					if (random() < 0.3) await box.run(upTo(4));
					if (random() < 0.2) await box.settle(1);
					if (random() < 0.1) certain = await orders('near');
				}
				await box.run(upTo(6));
				box = await box.powerCut(upTo);
				await box.settle(300);
				const near = await orders('near');
				t.true(near >= certain, `${near} ${certain}`);
				t.is(await orders('far'), near, `after cut ${cut}`);
			}
			t.true((await box.orders('near')) > 100);
		});
}

test('what the services say is carried by the container, and what the box says is not', async (t) => {
	const box = await pair(t, 'a container VM');
	box.order('near', { what: 'tell', text: 'far.echo', count: 1 });
	box.order('near', { what: 'ask', count: 1000 });
	t.is((await box.said()).length, 2);
	// `far.echo`, and from each of both a word on `probe.out`.
	t.deepEqual(await box.report(), { messages: 3, requests: 1, waiting: 0, blocked: {} });
});
