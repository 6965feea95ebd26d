import { parse } from '@bytecodealliance/jco-transpile/wasm-tools';
import test from 'ava';
import fc from 'fast-check';
import { firstMemory } from './first-memory.ts';

const pageBytes = 65_536;
const text = (bytes: Iterable<number>): string =>
	`"${Array.from(bytes, (byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('')}"`;
const moduleOf = async (...fields: string[]): Promise<Uint8Array> =>
	new Uint8Array(await parse(`(module (memory (export "memory") 2) ${fields.join(' ')})`));

/** What the engine makes of it. */
function memoryOf(core: Uint8Array): Uint8Array {
	const { exports } = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(core)));
	return new Uint8Array((exports['memory'] as WebAssembly.Memory).buffer);
}

const segment = fc.record({
	at: fc.oneof(fc.nat(300), fc.nat(2 * pageBytes - 64)),
	bytes: fc.uint8Array({ maxLength: 64 }),
	isPassive: fc.boolean(),
});

test('the first memory of a module is what its engine puts there, up to its last segment or as far as asked', async (t) => {
	await fc.assert(
		fc.asyncProperty(
			fc.array(segment, { maxLength: 8 }),
			fc.integer({ min: 0, max: 3 * pageBytes }),
			async (segments, most) => {
				const fields = segments.map(({ at, bytes, isPassive }) =>
					isPassive ? `(data ${text(bytes)})` : `(data (i32.const ${at}) ${text(bytes)})`,
				);
				const core = await moduleOf(...fields);
				const first = firstMemory(core, most);
				const whole = memoryOf(core);
				t.true(first.length <= most);
				t.deepEqual(first, whole.slice(0, first.length));
				t.true(whole.subarray(first.length, most).every((byte) => byte === 0));
			},
		),
		{ numRuns: 60 },
	);
});

test('a module without data has none, and one whose data have a place that is not known yet has those before it', async (t) => {
	t.is(firstMemory(await moduleOf(), 100).length, 0);
	const placed = '(data (i32.const 4) "first")';
	const later = '(import "env" "base" (global i32))';
	const core = await parse(
		`(module ${later} (memory 2) ${placed} (data (global.get 0) "then") (data (i32.const 0) "last"))`,
	);
	t.is(new TextDecoder().decode(firstMemory(core, 100)), '\0\0\0\0first');
});

test('data that would lie beyond two gigabytes are beyond what is asked for', async (t) => {
	t.is(firstMemory(await moduleOf('(data (i32.const -8) "far")'), 100).length, 0);
});

test('of very many segments the first ones are read', async (t) => {
	const core = await moduleOf('(data (i32.const 0) "a")'.repeat(4096), '(data (i32.const 0) "b")');
	t.deepEqual(firstMemory(core, 100), new TextEncoder().encode('a'));
});
