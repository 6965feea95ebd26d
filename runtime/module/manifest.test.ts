import test from 'ava';
import fc from 'fast-check';
import { ManifestError, parseManifest } from './manifest.ts';

const smallest = { name: 'doorbell', version: '1.0.0', vendor: 'acme' };

test('a manifest that asks for nothing gets the defaults and no rights', (t) => {
	t.like(parseManifest(smallest), {
		domain: 'open',
		priority: 'interactive',
		publishes: {},
		subscribes: {},
		capabilities: {},
		budget: { memoryPages: 16, turnMs: 500 },
	});
});

test('a topic may be declared by its type alone', (t) => {
	const { subscribes } = parseManifest({ ...smallest, subscribes: { 'doorbell.ring': 'doorbell.Ring' } });
	t.deepEqual(subscribes['doorbell.ring'], { type: 'doorbell.Ring', whenFull: 'block' });
});

test('what of a VM is kept is nothing, unless its manifest says so', (t) => {
	t.deepEqual(parseManifest(smallest).durability, { mode: 'none', intervalMs: 60_000 });
	const { durability } = parseManifest({ ...smallest, durability: { mode: 'journal', intervalMs: 1 } });
	t.deepEqual(durability, { mode: 'journal', intervalMs: 1000 });
});

test('what it serves and carries, and whether it is essential, is said by its manifest', (t) => {
	t.like(parseManifest(smallest), { usb: [], power: 'ordinary', carries: [] });
	const carries = ['*', 'media.*', 'bell.rung'];
	t.deepEqual(parseManifest({ ...smallest, carries }).carries, carries);
	const asks = { ...smallest, usb: ['0403:6001', '1a86:7523'], power: 'essential' };
	t.like(parseManifest(asks), { usb: ['0403:6001', '1a86:7523'], power: 'essential' });
});

const wrong: Record<string, unknown> = {
	'a name that is no file name': { ...smallest, name: '../etc' },
	'a name that is the platform’s': { ...smallest, name: 'box' },
	'a version that is none': { ...smallest, version: 'latest' },
	'a field nobody knows': { ...smallest, root: true },
	'a topic without a dot': { ...smallest, publishes: { ring: 'doorbell.Ring' } },
	'a topic named like a prototype': { ...smallest, publishes: JSON.parse('{"__proto__.x": "a.B"}') },
	'a budget beyond the box': { ...smallest, budget: { memoryPages: 100_000 } },
	'a budget of nothing': { ...smallest, budget: { turnMs: 0 } },
	'a session without a range': { ...smallest, session: { kind: 'media', ranges: [] } },
	'a configuration that is not base64': { ...smallest, config: { type: 'a.B', bytes: '***' } },
	'a durability that there is not': { ...smallest, durability: { mode: 'always' } },
	'a pattern with a star in the midst': { ...smallest, carries: ['media.*.state'] },
	'a pattern named twice': { ...smallest, carries: ['*', '*'] },
	'a device without a product': { ...smallest, usb: ['0403'] },
	'a device in capitals': { ...smallest, usb: ['1A86:7523'] },
	'a device named twice': { ...smallest, usb: ['0403:6001', '0403:6001'] },
	'more devices than anybody serves': {
		...smallest,
		usb: Array.from({ length: 257 }, (_, at) => `0403:${at.toString(16).padStart(4, '0')}`),
	},
	'a need of power that there is not': { ...smallest, power: 'always' },
	'a list': [],
	nothing: null,
};

for (const [what, manifest] of Object.entries(wrong)) {
	test(`${what} is a bad manifest`, (t) => {
		t.is(t.throws(() => parseManifest(manifest), { instanceOf: ManifestError })?.code, 'bad-manifest');
	});
}

test('a field that is not known is refused with the one that was meant, and by where it stands', (t) => {
	t.throws(() => parseManifest({ ...smallest, budget: { turnMS: 100 } }), {
		code: 'bad-manifest',
		message: 'manifest.budget.turnMS is not a field of this version; did you mean "turnMs"?',
	});
	const subscribes = { 'doorbell.ring': { type: 'doorbell.Ring', whenFull: 'wait' } };
	t.throws(() => parseManifest({ ...smallest, subscribes }), {
		code: 'bad-manifest',
		message: /^manifest\.subscribes\["doorbell\.ring"\]\.whenFull must be one of .*, not "wait"$/,
	});
});

test('a name and a value of any length and depth are refused at once, and not repeated', (t) => {
	const deep = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000));
	for (const manifest of [
		{ ...smallest, ['x'.repeat(1_000_000)]: 1 },
		{ ...smallest, version: '1'.repeat(1_000_000) },
		{ ...smallest, version: deep },
		{ ...smallest, capabilities: { log: deep } },
	]) {
		const error = t.throws(() => parseManifest(manifest), { code: 'bad-manifest' });
		t.true((error?.message.length ?? 0) < 300);
	}
});

test('of a name that somebody has chosen nothing moves a cursor', (t) => {
	t.throws(() => parseManifest({ ...smallest, 'root\u001b[2J': 1 }), {
		code: 'bad-manifest',
		message: /^manifest\["root\\u001b\[2J"\] is not a field of this version/,
	});
});

test('a topic that is declared by its type alone is told by its own name', (t) => {
	t.throws(() => parseManifest({ ...smallest, subscribes: { 'doorbell.ring': 'a Ring' } }), {
		message: /^manifest\.subscribes\["doorbell\.ring"\] must be the full name of a protobuf message/,
	});
});

test('any JSON is either a manifest or a bad one', (t) => {
	fc.assert(
		fc.property(fc.jsonValue(), (json) => {
			try {
				return typeof parseManifest(json).name === 'string';
			} catch (error) {
				return error instanceof ManifestError;
			}
		}),
	);
	t.pass();
});
