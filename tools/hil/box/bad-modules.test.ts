// What comes of modules that are broken, forbidden or not what they seem: nothing, and the operator learns why.
import test, { type ExecutionContext } from 'ava';
import { policyErrors } from '../../../runtime/bus/policy.ts';
import { decodeComponent } from '../../../runtime/component/decode.ts';
import { componentErrors } from '../../../runtime/component/error.ts';
import { manifestErrors } from '../../../runtime/module/manifest.ts';
import { seededRandom } from '../link/random.ts';
import { handMade } from './hand-made.ts';
import type { Ending } from './operated-box.ts';
import { TestBox } from './test-box.ts';
import { type Json, withManifest, withManifestText, withoutManifest } from './variant.ts';

const box = await TestBox.start();
const { built } = box.probe;
await box.install(await box.publish(built));
test.after.always(() => box[Symbol.asyncDispose]());

const hand: Json = { name: 'hand-made', version: '1.0.0', vendor: 'mullion' };
const utf8 = new TextEncoder();

/** A probe under another name, on topics of its own. */
const other = (changes: Json): Uint8Array =>
	withManifest(built.bytes, (manifest) => ({
		...manifest,
		name: 'other',
		publishes: {},
		subscribes: { 'other.echo': 'probe.Word' },
		...changes,
	}));

const withCapabilities = (capabilities: Json) => other({ capabilities });

interface BadModule {
	readonly ending: Ending;
	readonly bytes: () => Uint8Array | Promise<Uint8Array>;
}

const corrupt = (code: string): Ending => ({ fault: 7035, code });
const unfit = (code: string): Ending => ({ fault: 7225, code });
const forbidden = (code: string): Ending => ({ fault: 7002, code });
const tooLarge = (code: string): Ending => ({ fault: 7227, code });

const badModules: Record<string, BadModule> = {
	'an empty file': { ending: corrupt('not-a-component'), bytes: () => new Uint8Array() },
	'a text': { ending: corrupt('not-a-component'), bytes: () => utf8.encode('#!/bin/sh\n'.repeat(100)) },
	'a plain core module': {
		ending: corrupt('not-a-component'),
		bytes: () => Uint8Array.from(decodeComponent(built.bytes).core),
	},
	'a component cut off at its half': {
		ending: corrupt('not-a-component'),
		bytes: () => built.bytes.subarray(0, built.bytes.length / 2),
	},
	'a component without its last byte': {
		ending: corrupt('not-a-component'),
		bytes: () => built.bytes.subarray(0, -1),
	},
	'a component larger than the box takes': {
		ending: tooLarge('component-too-large'),
		bytes: () => new Uint8Array(Buffer.concat([built.bytes, new Uint8Array(8_388_608)])),
	},
	'a file larger than the box fetches': {
		ending: tooLarge('target-too-large'),
		bytes: () => new Uint8Array(16_777_217),
	},
	'a component without a manifest': {
		ending: corrupt('bad-manifest'),
		bytes: () => withoutManifest(built.bytes),
	},
	'a component with two manifests': {
		ending: corrupt('not-a-component'),
		bytes: () => {
			const rest = withoutManifest(built.bytes).length;
			return new Uint8Array(Buffer.concat([built.bytes, other({}).subarray(rest)]));
		},
	},
	'a manifest that is no JSON': {
		ending: corrupt('bad-manifest'),
		bytes: () => withManifestText(built.bytes, '{"name":'),
	},
	'a manifest that is a list': {
		ending: corrupt('bad-manifest'),
		bytes: () => withManifestText(built.bytes, '[]'),
	},
	'a manifest with a name that leads elsewhere': {
		ending: corrupt('bad-manifest'),
		bytes: () => other({ name: '../../state' }),
	},
	'a manifest with a word that the box does not know': {
		ending: corrupt('bad-manifest'),
		bytes: () => other({ isTrusted: true }),
	},
	'a manifest that asks for more memory than there is': {
		ending: corrupt('bad-manifest'),
		bytes: () => other({ budget: { memoryPages: 65_536 } }),
	},
	'a manifest that asks for a capability no box has': {
		ending: unfit('capability-unknown'),
		bytes: () => withCapabilities({ 'key-value': {}, root: {} }),
	},
	'a grant that makes no sense': {
		ending: corrupt('bad-manifest'),
		bytes: () => withCapabilities({ 'key-value': { maxBytes: -1 } }),
	},
	'a component that imports what it was not granted': {
		ending: forbidden('import-not-granted'),
		bytes: () => withCapabilities({}),
	},
	'a component that imports what nobody has': {
		ending: unfit('import-unknown'),
		bytes: () => handMade({ manifest: hand, importsUnknown: true }),
	},
	'a memory that begins larger than its budget': {
		ending: unfit('memory-unbounded'),
		bytes: () => handMade({ manifest: hand, memory: '17' }),
	},
	'a memory larger than its budget': {
		ending: unfit('memory-unbounded'),
		bytes: () => handMade({ manifest: hand, memory: '2 17' }),
	},
	'a topic that has another type on this box': {
		ending: forbidden('topic-type-conflict'),
		bytes: () => other({ publishes: { 'probe.out': 'probe.Order' } }),
	},
	'a topic that belongs to the platform': {
		ending: forbidden('topic-reserved'),
		bytes: () => other({ publishes: { 'session.control': 'mullion.session.SessionControl' } }),
	},
};

const known = ['', ...Object.keys({ ...componentErrors, ...manifestErrors, ...policyErrors })];

let commands = 0;

/** One end with this code, and everything as it was. */
async function endsWith(t: ExecutionContext, ending: Ending, attempt: () => Promise<Ending>): Promise<void> {
	const before = await box.modules();
	await box.ends.count(++commands);
	t.deepEqual(await attempt(), ending);
	t.deepEqual(await box.modules(), before);
	await box.echo();
	const vms = (await box.stage.sample()).vms.map(({ id, state }) => ({ id, state }));
	t.deepEqual(vms, [{ id: 'probe', state: 'running' }]);
}

for (const [name, { ending, bytes }] of Object.entries(badModules)) {
	test.serial(`${name} is not installed: ${ending.code}, ${ending.fault}`, async (t) => {
		const url = await box.sign(await bytes(), 'modules/bad.wasm');
		await endsWith(t, ending, () => box.install(url));
	});
}

const badUrls: Record<string, Ending> = {
	'http://127.0.0.1/probe.wasm': { fault: 7034, code: 'insecure' },
	'file:///etc/passwd': { fault: 7034, code: 'insecure' },
	'tuf:modules/nobody-0.1.0.wasm': { fault: 7033, code: 'unknown-target' },
	'tuf:../../../etc/passwd': { fault: 7033, code: 'unknown-target' },
	'tuf:constructor': { fault: 7033, code: 'unknown-target' },
	'https://me:secret@127.0.0.1/probe.wasm': { fault: 7004, code: 'invalid-arguments' },
};

for (const [url, ending] of Object.entries(badUrls)) {
	test.serial(`nothing is installed from ${url}: ${ending.code}, ${ending.fault}`, async (t) => {
		await endsWith(t, ending, () => box.install(url));
	});
}

test.serial('what is installed already is not installed again', async (t) => {
	const url = await box.publish(built);
	await endsWith(t, { fault: 7226, code: 'duplicate-module' }, () => box.install(url));
});

test.serial('an update to the version that is there changes nothing', async (t) => {
	const url = await box.publish(built);
	await endsWith(t, { fault: 7226, code: 'duplicate-module' }, () => box.update('probe', url));
});

test.serial('an update to another module changes nothing', async (t) => {
	const url = await box.sign(other({ version: '0.2.0' }), 'modules/other-0.2.0.wasm');
	await endsWith(t, { fault: 7035, code: 'name-mismatch' }, () => box.update('probe', url));
});

for (const what of ['trap', 'loop', 'recurse', 'grow']) {
	test.serial(`an update that does not start (${what}) goes back to the version before`, async (t) => {
		const bytes = withManifest(built.bytes, (manifest) => ({
			...manifest,
			version: `0.2.0-${what}`,
			config: { type: 'probe.Order', bytes: box.probe.order({ what }).toBase64() },
		}));
		const url = await box.sign(bytes, `modules/probe-0.2.0-${what}.wasm`);
		await endsWith(t, { fault: 7022, code: 'start-failed' }, () => box.update('probe', url));
	});
}

test.serial(
	'whatever bit of a component is flipped, it is installed as it is or refused by its code',
	async (t) => {
		const random = seededRandom(4);
		const module = other({});
		for (let round = 0; round < 24; round++) {
			const flipped = module.slice();
			const at = Math.floor(random() * flipped.length);
			flipped[at] = (flipped[at] ?? 0) ^ (1 << Math.floor(random() * 8));
			const ending = await box.install(await box.sign(flipped, 'modules/flipped.wasm'));
			commands++;
			t.true(known.includes(ending.code), `byte ${at}: ${ending.fault} ${ending.code}`);
			for (const installed of await box.modules()) {
				const name = installed.split(' ')[0] ?? '';
				if (name === 'probe') continue;
				t.is(ending.code, '');
				t.deepEqual(await box.uninstall(name), { fault: 0, code: '' });
				commands++;
			}
		}
		t.deepEqual(await box.modules(), ['probe 0.1.0']);
		await box.echo();
	},
);

test.serial('every command ended once, and its state change says the same', async (t) => {
	await box.ends.count(commands + 1);
	const ends = [...box.ends.all.values()];
	t.deepEqual(
		ends.filter(({ length }) => length !== 1),
		[],
	);
	const faults = box.ends.changes.map((change) => change['Fault.FaultCode']);
	t.deepEqual(
		faults,
		ends.map(([end]) => `${end?.fault}`),
	);
});
