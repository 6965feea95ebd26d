import { parse } from '@bytecodealliance/jco-transpile/wasm-tools';
import test from 'ava';
import fc from 'fast-check';
import { allImports, makeProbe } from '../../modules/probe/testbed.ts';
import { ManifestError } from '../module/manifest.ts';
import { ComponentError } from './error.ts';
import { codeOf } from './made-code.ts';
import { manifestOf, prepareComponent } from './prepare.ts';

const { built } = await makeProbe();
const provided = allImports;

/** A component around a core module, with a manifest, as somebody else's tools might make it. */
async function component(core: string, manifest: object = {}): Promise<Uint8Array> {
	const bytes = await parse(`(component (core module ${core}))`);
	const json = JSON.stringify({ name: 'stranger', version: '1.0.0', vendor: 'acme', ...manifest });
	return append(bytes, 'mullion:manifest', new TextEncoder().encode(json));
}

function append(bytes: Uint8Array, name: string, content: Uint8Array): Uint8Array {
	const head = new TextEncoder().encode(name);
	const body = [...leb(head.length), ...head, ...content];
	return new Uint8Array([...bytes, 0, ...leb(body.length), ...body]);
}

function leb(value: number): number[] {
	return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...leb(value >>> 7)];
}

const service = `
	(func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) unreachable)
	(func (export "mullion:service/guest@0.1.0#start") (param i64 i32 i32 i32 i32 i32 i32 i32) (result i32) unreachable)
	(func (export "mullion:service/guest@0.1.0#turn") (param i64 i32 i32) (result i32) unreachable)`;
const memory = '(memory (export "memory") 1 4)';

test('the component of a build is prepared, with its manifest and the schema of its messages', async (t) => {
	const prepared = await prepareComponent(built.bytes, { provided });
	t.is(prepared.manifest.name, 'probe');
	t.is(prepared.encoding, 'utf16');
	t.regex(prepared.schema, /"Order"/);
	t.is(manifestOf(built.bytes).version, prepared.manifest.version);
});

test('code that was made before is what a component runs as, and the same as is made of it now', async (t) => {
	const now = await prepareComponent(built.bytes, { provided });
	const { memoryPages } = now.manifest.budget;
	const code = await codeOf(built.bytes, memoryPages);
	const asked: string[] = [];
	const made = async (digest: string) => {
		asked.push(digest);
		return code;
	};
	const kept: Uint8Array[] = [];
	const store = {
		put: async (bytes: Uint8Array) => `${kept.push(bytes)}`,
		read: () => new Uint8Array(),
		remove: async () => undefined,
		sweep: async () => undefined,
	};
	await prepareComponent(built.bytes, { provided, code: store });
	await prepareComponent(built.bytes, { provided, code: store, made });
	t.deepEqual(asked, [now.digest]);
	t.is(kept[1], code.bytes, 'nothing was made anew');
	t.deepEqual(kept[0], kept[1]);
});

test('code that was made for another memory is not used', async (t) => {
	const { memoryPages } = manifestOf(built.bytes).budget;
	const made = async () => ({ memoryPages: memoryPages + 1, bytes: new Uint8Array([1, 2, 3]) });
	await t.notThrowsAsync(prepareComponent(built.bytes, { provided, made }));
	const damaged = async () => ({ memoryPages, bytes: new Uint8Array([1, 2, 3]) });
	await t.throwsAsync(prepareComponent(built.bytes, { provided, made: damaged }), {
		code: 'not-a-component',
	});
});

const refusals: Record<string, { core: string; manifest?: object; code: string }> = {
	'without the exports of a service': { core: memory, code: 'world-unknown' },
	'without a memory': { core: service, code: 'world-unknown' },
	'whose memory begins larger than its budget': {
		core: `(memory (export "memory") 17) ${service}`,
		code: 'memory-unbounded',
	},
	'whose memory may grow beyond its budget': {
		core: `(memory (export "memory") 1 17) ${service}`,
		code: 'memory-unbounded',
	},
	'with a shared memory': {
		core: `(memory (export "memory") 1 4 shared) ${service}`,
		code: 'memory-unbounded',
	},
	'that imports what the box does not have': {
		core: `(import "wasi:cli/exit@0.2.0" "exit" (func (param i32))) ${memory} ${service}`,
		code: 'import-unknown',
	},
	'that imports a memory of somebody else': {
		core: `(import "env" "memory" (memory 1 4)) ${service}`,
		code: 'world-unknown',
	},
	'that imports what its manifest does not ask for': {
		core: `(import "mullion:service/key-value@0.1.0" "get" (func (param i32 i32 i32))) ${memory} ${service}`,
		code: 'import-not-granted',
	},
	'with a manifest that is wrong': {
		core: `${memory} ${service}`,
		manifest: { version: '?' },
		code: 'bad-manifest',
	},
};

for (const [what, { core, manifest, code }] of Object.entries(refusals)) {
	test(`a component ${what} is refused with "${code}"`, async (t) => {
		const bytes = await component(core, manifest);
		const error = await t.throwsAsync(prepareComponent(bytes, { provided }));
		t.is((error as ComponentError).code as string, code);
	});
}

test('a grant in the manifest opens the import', async (t) => {
	const core = `(import "mullion:service/key-value@0.1.0" "get" (func (param i32 i32 i32))) ${memory} ${service}`;
	const bytes = await component(core, { capabilities: { 'key-value': {} } });
	t.is((await prepareComponent(bytes, { provided })).manifest.name, 'stranger');
});

test('a box that caps budgets gives a module no more than that, and never more than it asks for', async (t) => {
	const asked = { turnMs: 100, timers: 4, inboxMessages: 32 };
	const bytes = await component(`(memory (export "memory") 1) ${service}`, { budget: asked });
	const caps = { turnMs: 5, timers: 8, memoryPages: 2 };
	const { manifest } = await prepareComponent(bytes, { provided });
	const { manifest: granted } = await prepareComponent(bytes, { provided, caps });
	t.deepEqual(granted, { ...manifest, budget: { ...manifest.budget, turnMs: 5, memoryPages: 2 } });
	t.like(granted.budget, { timers: 4, inboxMessages: 32 });
});

test('a memory without a maximum of its own ends where the box caps it', async (t) => {
	const bytes = await component(`(memory (export "memory") 1) ${service}`);
	const { module } = await prepareComponent(bytes, { provided, caps: { memoryPages: 3 } });
	const made = new WebAssembly.Instance(module).exports['memory'] as WebAssembly.Memory;
	t.is(made.grow(2), 1);
	t.throws(() => made.grow(1), { instanceOf: RangeError });
});

test('a component whose memory may grow beyond what the box caps is refused, whatever its manifest asks for', async (t) => {
	const bytes = await component(`${memory} ${service}`, { budget: { memoryPages: 16 } });
	await t.notThrowsAsync(prepareComponent(bytes, { provided, caps: { memoryPages: 4 } }));
	await t.throwsAsync(prepareComponent(bytes, { provided, caps: { memoryPages: 3 } }), {
		code: 'memory-unbounded',
	});
});

test('a component larger than the box takes is refused before it is read', async (t) => {
	const error = await t.throwsAsync(prepareComponent(built.bytes, { provided, largest: 1000 }));
	t.is((error as ComponentError).code, 'component-too-large');
});

test('a component without a manifest is refused', async (t) => {
	const bytes = await parse(`(component (core module ${memory} ${service}))`);
	await t.throwsAsync(prepareComponent(bytes, { provided }), { instanceOf: ManifestError });
});

test('a plain core module is not a component', async (t) => {
	const bytes = await parse(`(module ${memory} ${service})`);
	const error = await t.throwsAsync(prepareComponent(bytes, { provided }));
	t.is((error as ComponentError).code, 'not-a-component');
});

test('a component that is cut off anywhere is refused', async (t) => {
	// Cut exactly between two sections behind the manifest it would be a smaller component.
	await fc.assert(
		fc.asyncProperty(fc.nat(built.bytes.length - 1), async (length) => {
			const result = await prepareComponent(built.bytes.subarray(0, length), { provided }).catch(
				(error) => error,
			);
			return result instanceof ComponentError || result instanceof ManifestError || result.schema === '';
		}),
	);
	t.pass();
});

test('damaged bytes give a coded error or a component that can still be checked, never anything else', async (t) => {
	const flip = fc.record({ at: fc.nat(built.bytes.length - 1), to: fc.nat(255) });
	await fc.assert(
		fc.asyncProperty(fc.array(flip, { minLength: 1, maxLength: 4 }), async (flips) => {
			const bytes = built.bytes.slice();
			for (const { at, to } of flips) bytes[at] = to;
			const result = await prepareComponent(bytes, { provided }).catch((error) => error);
			return (
				result instanceof ComponentError || result instanceof ManifestError || result.manifest !== undefined
			);
		}),
		{ numRuns: 300 },
	);
	t.pass();
});
