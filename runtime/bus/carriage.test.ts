import test from 'ava';
import fc from 'fast-check';
import { MemoryDirectory } from '../memory-directory.ts';
import { type Manifest, parseManifest } from '../module/manifest.ts';
import { Carriage, type CarriageOptions } from './carriage.ts';
import { topicGrants } from './policy.ts';
import { grantsOfWays, topicOf, wayIn, wayOut } from './ways.ts';

const manifest = (name: string, fields: object = {}): Manifest =>
	parseManifest({ name, version: '1.0.0', vendor: 'acme', ...fields });
const says = (...topics: string[]) => ({
	publishes: Object.fromEntries(topics.map((topic) => [topic, 'a.B'])),
});
const hears = (whenFull: string, ...topics: string[]) => ({
	subscribes: Object.fromEntries(topics.map((topic) => [topic, { type: 'a.B', whenFull }])),
});
const courier = manifest('courier', {
	domain: 'authorized',
	carries: ['*'],
	subscribes: { 'courier.report': 'a.B' },
});

const open = (options: Partial<CarriageOptions> = {}): Promise<Carriage> =>
	Carriage.open({ container: 'courier', directory: new MemoryDirectory(), ...options });

/** What the container is granted, by name. */
function carried(carriage: Carriage, of = courier) {
	const grants = carriage.grants(of, topicGrants(of));
	return Object.fromEntries(grants.map((grant, number) => [grant.name, { ...grant, number }]));
}

const grantsOf = (carriage: Carriage, of: Manifest) => carriage.grants(of, topicGrants(of));

test('what a service says goes to the container, and what it hears comes from there', async (t) => {
	const carriage = await open();
	const bell = manifest('bell', { ...says('bell.rung'), ...hears('block', 'bell.ring') });
	const door = manifest('door', says('bell.ring'));
	await carriage.learn([courier, bell, door]);
	const [rung, ring] = grantsOf(carriage, bell);
	const inside = carried(carriage);
	t.is(wayOut(rung ?? t.fail()), wayIn(inside['bell.rung'] ?? t.fail()));
	t.is(wayOut(inside['bell.ring'] ?? t.fail()), wayIn(ring ?? t.fail()));
	t.not(wayOut(rung ?? t.fail()), wayOut(inside['bell.rung'] ?? t.fail()));
	t.true(grantsOfWays(grantsOf(carriage, bell)).every(({ name }) => topicOf(name).startsWith('bell.')));
});

test('topics of the platform, those of the container itself and those that it is not named for have one way', async (t) => {
	const carriage = await open({ topics: ['bell.*'] });
	const other = manifest('other', says('bell.rung', 'camera.picture', 'courier.report'));
	const plain = manifest('plain', {
		...hears('block', 'network.state'),
		session: { kind: 'media', ranges: ['wide'] },
	});
	await carriage.learn([courier, other, plain]);
	t.deepEqual(
		grantsOf(carriage, other)
			.filter((grant) => wayOut(grant) !== grant.name)
			.map(({ name }) => name),
		['bell.rung'],
	);
	t.true(grantsOf(carriage, plain).every((grant) => wayIn(grant) === wayOut(grant)));
	t.like(carried(carriage)['bell.rung'], { mayPublish: true, maySubscribe: true });
	t.like(carried(carriage)['camera.picture'], { mayPublish: false, maySubscribe: false });
});

test('a topic of the container itself has one number, whoever else says something on it', async (t) => {
	const carriage = await open();
	const asks = manifest('asks', says('courier.report', 'bell.rung'));
	await carriage.learn([courier, asks]);
	const names = grantsOf(carriage, courier).map(({ name }) => name);
	t.deepEqual(
		names.filter((name) => name === 'courier.report'),
		['courier.report'],
	);
	t.like(carried(carriage)['courier.report'], { number: 0, maySubscribe: true });
	t.true(names.includes('bell.rung'));
});

test('a container may say something only where a module may that is no container', async (t) => {
	const carriage = await open();
	const listener = manifest('listener', {
		...hears('block', 'media.state', 'media.secret'),
		domain: 'authorized',
	});
	// The rules of a box keep media from an open module, whatever its manifest asks for.
	const open1 = manifest('open', says('media.state'));
	await carriage.learn([courier, listener, open1]);
	t.deepEqual(Object.keys(carried(carriage)), ['courier.report', 'box.topics']);
	await carriage.learn([
		courier,
		listener,
		open1,
		manifest('player', { ...says('media.state'), domain: 'authorized' }),
	]);
	t.like(carried(carriage)['media.state'], { mayPublish: true, maySubscribe: true });
	t.false('media.secret' in carried(carriage));
});

test('the rules of the operator narrow a container too', async (t) => {
	const rules = [
		{ domain: '*', direction: '*', topics: '*', allow: true },
		{ domain: 'authorized', direction: 'publish', topics: 'camera.*', allow: false },
	] as const;
	const carriage = await open({ rules });
	await carriage.learn([courier, manifest('camera', says('camera.picture'))]);
	t.like(carried(carriage)['camera.picture'], { mayPublish: false, maySubscribe: true });
	t.deepEqual(carriage.uncarried(), []);
});

test('messages are lost on the way through a container only where everybody who hears them bears that', async (t) => {
	const carriage = await open();
	const speaker = manifest('speaker', says('a.state', 'a.event', 'a.both'));
	const one = manifest('one', hears('keep-latest', 'a.state', 'a.both'));
	const two = manifest('two', hears('drop-oldest', 'a.both'));
	await carriage.learn([courier, speaker, one, two]);
	const whenFull = () => ['a.state', 'a.event', 'a.both'].map((topic) => carried(carriage)[topic]?.whenFull);
	t.deepEqual(whenFull(), ['keep-latest', 'block', 'drop-oldest']);
	await carriage.learn([courier, speaker, one, two, manifest('three', hears('block', 'a.state'))]);
	t.deepEqual(whenFull(), ['block', 'block', 'drop-oldest']);
});

for (const [what, of] of [
	['of the open domain', manifest('courier', { carries: ['*'] })],
	['of the open domain, and not named', manifest('other', { carries: ['a.*'] })],
	['that does not ask for it', manifest('courier', { domain: 'authorized' })],
	[
		'with a VM for each network',
		manifest('courier', {
			domain: 'authorized',
			carries: ['*'],
			session: { kind: 'media', ranges: ['wide'] },
		}),
	],
] as const)
	test(`a module ${what} is refused as a container, and carries nothing if it is there`, async (t) => {
		const carriage = await open();
		t.throws(() => carriage.check(of), { code: 'container-unfit' });
		await carriage.learn([of, manifest('bell', says('bell.rung'))]);
		t.false(carriage.isContainer(of));
		t.truthy(carriage.obstacle);
		t.false('bell.rung' in carried(carriage, of));
	});

test('while there is no container, what is said has no way but that to it', async (t) => {
	const carriage = await open();
	const bell = manifest('bell', says('bell.rung'));
	await carriage.learn([bell]);
	t.is(carriage.obstacle, 'is not installed');
	t.not(wayOut(grantsOf(carriage, bell)[0] ?? t.fail()), 'bell.rung');
	await carriage.learn([bell, courier]);
	t.is(carriage.obstacle, undefined);
});

test('a container that does not carry what it is named for is told of', async (t) => {
	const carriage = await open();
	const narrow = manifest('courier', { domain: 'authorized', carries: ['bell.*'] });
	await carriage.learn([narrow, manifest('bell', says('bell.rung', 'door.open'))]);
	t.deepEqual(carriage.uncarried(), ['door.open']);
	t.like(carried(carriage, narrow)['bell.rung'], { maySubscribe: true });
});

test('a topic keeps its number, whatever comes and goes and however often the box starts', async (t) => {
	const topic = fc.constantFrom('a.a', 'a.b', 'b.a', 'b.b', 'c.c');
	const installed = fc.uniqueArray(topic, { maxLength: 5 });
	await fc.assert(
		fc.asyncProperty(fc.array(fc.tuple(installed, fc.boolean()), { maxLength: 8 }), async (steps) => {
			const directory = new MemoryDirectory();
			let carriage = await open({ directory });
			const numbers = new Map<string, number>();
			for (const [topics, restarts] of steps) {
				if (restarts) carriage = await open({ directory });
				await carriage.learn([courier, ...topics.map((name, index) => manifest(`m${index}`, says(name)))]);
				for (const name of topics) {
					const number = carried(carriage)[name]?.number;
					if (number === undefined || number !== (numbers.get(name) ?? number)) return false;
					numbers.set(name, number);
				}
			}
			return new Set(numbers.values()).size === numbers.size;
		}),
	);
	t.pass();
});

test('a topic of a module that has gone is carried until the box starts anew, as the last it said may be on its way', async (t) => {
	const directory = new MemoryDirectory();
	const carriage = await open({ directory });
	await carriage.learn([courier, manifest('bell', says('bell.rung'))]);
	await carriage.learn([courier]);
	t.like(carried(carriage)['bell.rung'], { mayPublish: true, maySubscribe: true });
	const next = await open({ directory });
	await next.learn([courier]);
	t.like(carried(next)['bell.rung'], { mayPublish: false, maySubscribe: false });
});

test('numbers that cannot be kept are not given out', async (t) => {
	const directory = new MemoryDirectory();
	const full = {
		...directory,
		read: (name: string) => directory.read(name),
		write: () => Promise.reject(new Error('disk-full')),
	};
	const carriage = await open({ directory: full as unknown as MemoryDirectory });
	await t.throwsAsync(carriage.learn([courier, manifest('bell', says('bell.rung'))]), {
		message: 'disk-full',
	});
	t.false('bell.rung' in carried(carriage));
});
