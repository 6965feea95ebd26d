// What no guest may be is refused at install, with a code, before it costs much.
import { parse } from '@bytecodealliance/jco-transpile/wasm-tools';
import test from 'ava';
import { concat, unsigned } from '../instrument/leb.ts';
import { Bed, type Ending } from './bed.ts';
import { bodyOf, coreOf, functionsOf, repeated, textOf } from './core-bytes.ts';
import {
	componentAround,
	componentOf,
	coreText,
	guestOf,
	hostileManifest,
	withManifest,
} from './guest-text.ts';

const refused = (code: string): Ending => ({ at: 'install', code });
const running: Ending = { at: 'running', code: '' };

const imported = (from: string, name: string, type = '(param i32 i32 i32)'): Promise<Uint8Array> =>
	guestOf({ imports: `(import "${from}" "${name}" (func ${type}))` });
const log = 'mullion:service/log@0.1.0';
const service = `(core module ${coreText()})`;
const evil = `(core module (func (export "evil") unreachable))`;

/** `block`, `loop` and their kind, with what closes them. */
const [block, emptyLoop, branch] = [
	[0x02, 0x40],
	[0x03, 0x40, 0x0b],
	[0x02, 0x40, 0x41, 0x00, 0x0d, 0x00, 0x0b],
];

const components: Record<string, { ending: Ending; make: () => Uint8Array | Promise<Uint8Array> }> = {
	'that imports an interface of another version': {
		ending: refused('import-unknown'),
		make: () => imported('mullion:service/log@0.2.0', 'write'),
	},
	'that imports an interface without a version': {
		ending: refused('import-unknown'),
		make: () => imported('mullion:service/log', 'write'),
	},
	'that imports an interface whose name only begins alike': {
		ending: refused('import-unknown'),
		make: () => imported(`${log}0`, 'write'),
	},
	'that imports an interface whose name only looks alike': {
		ending: refused('import-unknown'),
		make: () => imported('mullion:service/l\u043eg@0.1.0', 'write'),
	},
	'that imports an interface whose name is alike but for what cannot be seen': {
		ending: refused('import-unknown'),
		make: () => imported(`${log}\u200b`, 'write'),
	},
	'that imports a function that its interface does not have': {
		ending: refused('import-unknown'),
		make: () => imported(log, 'writ'),
	},
	'that imports what every object has': {
		ending: refused('import-unknown'),
		make: () => imported(log, '__proto__'),
	},
	'that imports from what every object has': {
		ending: refused('import-unknown'),
		make: () => imported('constructor', 'constructor'),
	},
	'that imports a function of another type': {
		ending: refused('import-unknown'),
		make: () => imported(log, 'write', '(param i64 i32 i32)'),
	},
	'that imports a function for a result that it does not have': {
		ending: refused('import-unknown'),
		make: () => imported(log, 'write', '(param i32 i32 i32) (result externref)'),
	},
	'that imports the names of the platform': {
		ending: refused('import-unknown'),
		make: () => imported('mullion', 'fuel'),
	},
	'that imports what it was not granted': {
		ending: refused('import-not-granted'),
		make: () => imported('mullion:service/key-value@0.1.0', 'get'),
	},
	'that imports a table': {
		ending: refused('import-unknown'),
		make: () => guestOf({ imports: `(import "${log}" "write" (table 1 funcref))` }),
	},
	'that exports a name of the platform': {
		ending: refused('export-reserved'),
		make: () => guestOf({ more: '(func (export "mullion:start"))' }),
	},
	'whose turn has another type': {
		ending: refused('world-unknown'),
		make: () => componentOf(`(core module ${coreText().replace('(param $now i64)', '(param $now i32)')})`),
	},
	'whose cleaning up has another type': {
		ending: refused('world-unknown'),
		make: () => guestOf({ more: '(func (export "cabi_post_mullion:service/guest@0.1.0#turn") (param i64))' }),
	},
	'whose constructors want something': {
		ending: refused('world-unknown'),
		make: () => guestOf({ more: '(func (export "_initialize") (param i32))' }),
	},
	'whose memory is a table': {
		ending: refused('world-unknown'),
		make: () =>
			componentOf(
				`(core module ${coreText().replace('(memory (export "memory")', '(table (export "memory") 1 funcref) (memory')})`,
			),
	},
	'whose service stands behind another module': {
		ending: refused('world-unknown'),
		make: () => componentOf(`(core module (memory (export "memory") 1 1)) ${service}`),
	},
	'behind whose service stands another module': {
		ending: running,
		make: () => componentOf(`${service} ${evil}`),
	},
	'whose service is in a component inside of it': {
		ending: refused('world-unknown'),
		make: () => componentOf(`(component ${service})`),
	},
	'with a component inside of it': {
		ending: running,
		make: () => componentOf(`(component ${evil}) ${service}`),
	},
	'that is wrapped into itself again and again': {
		ending: refused('world-unknown'),
		make: () => componentOf('(component '.repeat(20) + service + ')'.repeat(20)),
	},
	'that says of its strings what is not so': { ending: running, make: () => withCanon([1, 1, 0, 0, 1, 1]) },
	'whose strings are of two kinds': {
		ending: refused('encoding-unsupported'),
		make: () => withCanon([2, 1, 0, 0, 1, 1, 1, 0, 0, 1, 0]),
	},
	'whose strings are of a third kind': {
		ending: refused('encoding-unsupported'),
		make: () => withCanon([1, 1, 0, 0, 1, 2]),
	},
	'with asynchronous functions': {
		ending: refused('world-unknown'),
		make: () => withCanon([1, 1, 0, 0, 1, 6]),
	},
	'with resources': { ending: refused('world-unknown'), make: () => withCanon([1, 2, 0]) },
	'that announces more definitions than it holds': {
		ending: refused('not-a-component'),
		make: () => withCanon([0xff, 0xff, 0xff, 0xff, 0x0f]),
	},
	'with data of two gigabytes that are not there': {
		ending: refused('not-a-component'),
		make: () =>
			componentAround(coreOf({ 5: [1, 1, 1, 1], 11: [1, 0, 0x41, 0, 0x0b, ...unsigned(0x7fff_ffff)] })),
	},
	'with passive data of two gigabytes that are not there': {
		ending: refused('not-a-component'),
		make: () => componentAround(coreOf({ 5: [1, 1, 1, 1], 12: [1], 11: [1, 1, ...unsigned(0x7fff_ffff)] })),
	},
	'with more segments than anybody needs': {
		ending: refused('tables-too-large'),
		make: () =>
			componentAround(coreOf({ 5: [1, 1, 1, 1], 11: concat([unsigned(65_537), repeated(65_537, [1, 0])]) })),
	},
	'with a section of two gigabytes': {
		ending: refused('not-a-component'),
		make: () => componentAround(Uint8Array.from([...coreOf({}), 10, ...unsigned(0x7fff_ffff)])),
	},
	'with a million functions': {
		ending: refused('module-too-complex'),
		make: () => componentAround(functionsOf(1_000_000, bodyOf(0, []))),
	},
	'with a million types': {
		ending: refused('module-too-complex'),
		make: () =>
			componentAround(coreOf({ 1: concat([unsigned(1_000_000), repeated(1_000_000, [0x60, 0, 0])]) })),
	},
	'with a type of a thousand parameters': {
		ending: refused('module-too-complex'),
		make: () =>
			componentAround(coreOf({ 1: concat([[1, 0x60], unsigned(1000), repeated(1000, [0x7f]), [0]]) })),
	},
	'with ten thousand imports': {
		ending: refused('module-too-complex'),
		make: () =>
			componentAround(
				coreOf({
					1: [1, 0x60, 0, 0],
					2: concat([unsigned(10_000), repeated(10_000, [...textOf('a'), ...textOf('b'), 0, 0])]),
				}),
			),
	},
	'with fifty thousand locals': {
		ending: refused('module-too-complex'),
		make: () => componentAround(functionsOf(1, bodyOf(50_000, []))),
	},
	'with four thousand million locals': {
		ending: refused('module-too-complex'),
		make: () => componentAround(functionsOf(1, bodyOf(0xffff_ffff, []))),
	},
	'with many locals in many functions': {
		ending: refused('module-too-complex'),
		make: () => componentAround(functionsOf(1000, bodyOf(9000, []))),
	},
	'with a table of labels that is a function by itself': {
		ending: refused('module-too-complex'),
		make: () =>
			componentAround(
				functionsOf(1, bodyOf(0, concat([[0x41, 0, 0x0e], unsigned(300_000), new Uint8Array(300_001)]))),
			),
	},
	'with thousands of locals where thousands of ways meet': {
		ending: refused('module-too-complex'),
		make: () => componentAround(functionsOf(1, bodyOf(9000, repeated(10_000, branch ?? [])))),
	},
	'with a million loops': {
		ending: refused('module-too-complex'),
		make: () => componentAround(functionsOf(20, bodyOf(0, repeated(50_000, emptyLoop ?? [])))),
	},
	'with nothing but roots that make NaNs': {
		ending: refused('module-too-complex'),
		make: () =>
			componentAround(functionsOf(6, bodyOf(0, concat([zero, repeated(100_000, [0x91, 0x8c]), [0x1a]])))),
	},
	'with fifty thousand blocks in each other': {
		ending: refused('world-unknown'),
		make: () =>
			componentAround(
				functionsOf(1, bodyOf(0, concat([repeated(50_000, block ?? []), repeated(50_000, [0x0b])]))),
			),
	},
	'with an instruction that no guest may use': {
		ending: refused('instruction-unknown'),
		make: () => guestOf({ turn: '(drop (i32.atomic.load (i32.const 0))) (i32.const 1024)' }),
	},
	'with SIMD that differs from box to box': {
		ending: refused('instruction-unknown'),
		make: () =>
			guestOf({
				turn: '(drop (f32x4.relaxed_madd (v128.const i32x4 0 0 0 0) (v128.const i32x4 0 0 0 0) (v128.const i32x4 0 0 0 0))) (i32.const 1024)',
			}),
	},
	'with wide arithmetic that engines do not have yet': {
		ending: refused('not-a-component'),
		make: () =>
			guestOf({
				turn: '(drop (i64.add128 (i64.const 0) (i64.const 0) (i64.const 0) (i64.const 0))) (drop) (i32.const 1024)',
			}),
	},
	'with a function that never runs and leaves nothing where it owes a number': {
		ending: refused('not-a-component'),
		make: () => guestOf({ more: '(func (result i32))' }),
	},
	'that is nothing but its first bytes': {
		ending: refused('bad-manifest'),
		make: async () => new Uint8Array(await parse(`(component ${service})`)),
	},
	'that is empty': { ending: refused('not-a-component'), make: () => new Uint8Array(0) },
	'that is a core module': {
		ending: refused('not-a-component'),
		make: async () => withManifest(new Uint8Array(await parse(`(module ${coreText()})`))),
	},
	'whose manifest wants more than there is': {
		ending: refused('bad-manifest'),
		make: () => guestOf({}, { ...hostileManifest, budget: { memoryPages: 65_536 } }),
	},
};

const zero = [0x43, 0, 0, 0, 0];

/** The service with this canonical section in front of its manifest. */
async function withCanon(body: readonly number[]): Promise<Uint8Array> {
	const component = new Uint8Array(await parse(`(component ${service})`));
	return withManifest(concat([component, [8, ...unsigned(body.length)], body]));
}

const bed = await Bed.start();

for (const [what, { ending, make }] of Object.entries(components)) {
	const end = ending.at === 'running' ? 'runs as what it is' : `is refused with "${ending.code}"`;
	test.serial(`a component ${what} ${end}`, async (t) => {
		t.deepEqual(await bed.run(await make()), ending);
		t.true(await bed.isNeighbourWell());
	});
}
