// With checks a module computes what it computes without.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { allImports, makeProbe } from '../../../modules/probe/testbed.ts';
import { encodeAny } from '../../../proto/host/codec.ts';
import { buildModule } from '../../../tools/build/component.ts';
import { createModule } from '../../../tools/build/create-module.ts';
import { topicGrants } from '../../bus/policy.ts';
import { decodeComponent } from '../decode.ts';
import { ComponentError } from '../error.ts';
import { type Event, importsOf, ServiceGuest } from '../generated/service.ts';
import { GuestMemory } from '../guest-memory.ts';
import { linkService } from '../link.ts';
import { prepareComponent } from '../prepare.ts';
import { instrument } from './instrument.ts';
import { binaryOf, muchFuel, outcome, startMetered } from './testbed.ts';

const functions = 4;

/** Statements of function number `self`: they call only what comes after it, so everything ends. */
function statements(self: number, loops: number): fc.Arbitrary<string> {
	const callees = Array.from({ length: functions - 1 - self }, (_, at) => self + 1 + at);
	const { expression } = fc.letrec<{ expression: string }>((tie) => ({
		expression: fc.oneof(
			{ maxDepth: 3 },
			fc.integer({ min: -9, max: 999 }).map((value) => `(i32.const ${value})`),
			fc.constantFrom('(local.get $a)', '(local.get $b)'),
			fc
				.tuple(
					fc.constantFrom('add', 'mul', 'xor', 'div_u', 'rem_s', 'shl', 'lt_s'),
					tie('expression'),
					tie('expression'),
				)
				.map(([name, a, b]) => `(i32.${name} ${a} ${b})`),
			tie('expression').map((at) => `(i32.load (i32.and ${at} (i32.const 0xffff)))`),
			...callees.map((callee) =>
				fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `(call $f${callee} ${a} ${b})`),
			),
			...callees.map((callee) =>
				fc
					.tuple(tie('expression'), tie('expression'))
					.map(([a, b]) => `(call_indirect (type $f) ${a} ${b} (i32.const ${callee}))`),
			),
		),
	}));
	const { list } = fc.letrec<{ one: string; list: string }>((tie) => ({
		list: fc.array(tie('one'), { maxLength: 4 }).map((all) => all.join('\n')),
		one: fc.oneof(
			{ maxDepth: 3 },
			fc
				.tuple(fc.constantFrom('$a', '$b'), expression)
				.map(([name, value]) => `(local.set ${name} ${value})`),
			fc
				.tuple(expression, expression)
				.map(([at, value]) => `(i32.store (i32.and ${at} (i32.const 0xffff)) ${value})`),
			fc
				.tuple(expression, expression)
				.map(
					([at, length]) =>
						`(memory.fill (i32.and ${at} (i32.const 0xffff)) (i32.const 5) (i32.and ${length} (i32.const 0x1ff)))`,
				),
			fc
				.tuple(expression, tie('list'), tie('list'))
				.map(([is, yes, no]) => `(if ${is} (then ${yes}) (else ${no}))`),
			fc.tuple(tie('list'), expression, tie('list')).map(([a, is, b]) => `(block ${a} (br_if 0 ${is}) ${b})`),
			fc
				.tuple(expression, tie('list'), tie('list'))
				.map(([at, a, b]) => `(block (block (block (br_table 0 1 2 0 ${at})) ${a}) ${b})`),
			expression.map((value) => `(if (i32.eqz (local.get $a)) (then (return ${value})))`),
			expression.map((value) => `(br_if $whole ${value} (i32.eqz (local.get $b))) (drop)`),
			...(loops > 0
				? [
						fc.tuple(fc.integer({ min: 1, max: 5 }), loopBody(self, loops), expression).map(
							([times, body, is]) => `(local.set $i${loops} (i32.const ${times}))
					(block $out${loops} (loop $l${loops} ${body} (br_if $out${loops} ${is})
					(br_if $l${loops} (local.tee $i${loops} (i32.sub (local.get $i${loops}) (i32.const 1))))))`,
						),
					]
				: []),
		),
	}));
	return list;
}

function loopBody(self: number, loops: number): fc.Arbitrary<string> {
	return statements(self, loops - 1);
}

const program = fc
	.tuple(...Array.from({ length: functions }, (_, self) => statements(self, 2)))
	.map((bodies) => {
		const code = bodies.map(
			(
				body,
				self,
			) => `(func $f${self} (export "f${self}") (type $f) (param $a i32) (param $b i32) (result i32) (local $i1 i32) (local $i2 i32)
				(block $whole (result i32) ${body} (i32.add (local.get $a) (local.get $b))))`,
		);
		return `(type $f (func (param i32 i32) (result i32))) (memory (export "memory") 2 2)
			(table 4 4 funcref) (elem (i32.const 0) $f0 $f1 $f2 $f3) ${code.join('\n')}`;
	});

const bytesOf = ({ exports }: WebAssembly.Instance): Buffer =>
	Buffer.from((exports['memory'] as WebAssembly.Memory).buffer);

test('any program gives the same results, the same traps and the same memory', async (t) => {
	await fc.assert(
		fc.asyncProperty(
			program,
			fc.array(fc.tuple(fc.nat(3), fc.integer(), fc.integer()), { minLength: 1, maxLength: 4 }),
			async (text, calls) => {
				const core = await binaryOf(text);
				const plain = new WebAssembly.Instance(new WebAssembly.Module(core));
				const { instance, call } = startMetered(core);
				for (const [which, a, b] of calls) {
					const name = `f${which}`;
					const expected = outcome(() => (plain.exports[name] as (a: number, b: number) => number)(a, b));
					if (outcome(() => call(name, a, b)) !== expected) return false;
				}
				return bytesOf(plain).equals(bytesOf(instance));
			},
		),
		{ numRuns: 150 },
	);
	t.pass();
});

interface Story {
	/** Builds the module. */
	readonly folder: (t: ExecutionContext) => Promise<string>;
	readonly config?: readonly [type: string, value: object];
	/** Effects that it answers with. */
	readonly does: readonly string[];
	/** What it is told again and again: a topic, a type, and a message of it. */
	readonly told: readonly (readonly [topic: string, type: string, value: object])[];
}

const house = (path: string) => async () => join(import.meta.dirname, '../../..', path);

const stories: Record<string, Story> = {
	'a probe': {
		does: ['cancel-timer', 'publish', 'put', 'reply', 'request', 'set-timer'],
		folder: house('modules/probe'),
		told: ['count', 'flood', 'put', 'get', 'log', 'chain', 'every', 'ask'].map((what) => [
			'probe.order',
			'probe.Order',
			{ what, text: 'text', count: 30 },
		]),
	},
	'a thermometer': {
		does: ['publish', 'reply'],
		folder: house('modules/thermometer'),
		config: ['thermometer.Settings', { limit: 60.5, calm: 55 }],
		told: [
			...['21.5\n', '60.49\n61', '\nhot\n', '54.9\n', `${'9'.repeat(40)}\n`].map(
				(text) =>
					[
						'serial.input',
						'mullion.expansion.SerialData',
						{ port: '1-1', data: Buffer.from(text).toString('base64') },
					] as const,
			),
			['home.temperature', 'thermometer.Temperature', {}],
		],
	},
	'a new module': {
		does: ['publish', 'put', 'reply'],
		folder: async (t) => {
			const parent = await mkdtemp(join(tmpdir(), 'mullion-same-'));
			t.teardown(() => rm(parent, { recursive: true }));
			return (await createModule({ name: 'doorbell', parent })).directory;
		},
		told: [
			['doorbell.ring', 'doorbell.Ring', { door: 'front' }],
			['doorbell.ring', 'doorbell.Ring', { door: 'gärden '.repeat(50) }],
			['doorbell.count', 'doorbell.Count', {}],
		],
	},
};
/** Enough for garbage to be collected. */
const rounds = 30;

for (const [what, { folder, config, told, does }] of Object.entries(stories))
	test(`${what} from the toolchain gives the same effects and the same memory, to the byte`, async (t) => {
		const [built] = await buildModule({ directory: await folder(t) });
		if (built === undefined) throw new Error('nothing was built');
		const component = await prepareComponent(built.bytes, { provided: allImports });
		const { core, encoding } = decodeComponent(built.bytes);
		const host = { log: { write: () => undefined }, keyValue: { get: () => new Uint8Array([1, 2, 3]) } };
		const memory = new GuestMemory({ encoding });
		const instance = new WebAssembly.Instance(
			new WebAssembly.Module(new Uint8Array(core)),
			importsOf(host, memory),
		);
		const plain = new ServiceGuest(instance, memory);
		const metered = linkService({
			module: component.module,
			encoding,
			host,
			mostBytes: 1_000_000,
			fuel: muchFuel,
		});
		const isSame = (when: string): boolean =>
			t.is(Buffer.compare(bytesOf(instance), metered.state.capture().memory), 0, when);

		const schema = JSON.parse(component.schema);
		const topics = topicGrants(component.manifest).map(({ name }) => name);
		const init = {
			vm: 1,
			config: config ? encodeAny(schema, ...config) : new Uint8Array(0),
			topics,
			baseband: '',
		};
		t.deepEqual(metered.start(5n, init), plain.start(5n, init));
		isSame('start');
		const seen = new Set<string>();
		for (let round = 0; round < rounds; round++)
			for (const [at, [topic, type, value]] of told.entries()) {
				const message = encodeAny(schema, type, value);
				const inbox: Event[] = [message, message.subarray(1), message].map((payload, correlation) => ({
					tag: 'message',
					val: { topic: topics.indexOf(topic), sender: 2, correlation, payload },
				}));
				const result = metered.turn(BigInt(6 + round), inbox);
				t.deepEqual(result, plain.turn(BigInt(6 + round), inbox), `${round} ${at}`);
				isSame(`${round} ${at}`);
				if (result.tag === 'err') throw new Error(result.val);
				for (const { tag } of result.val) seen.add(tag);
			}
		t.deepEqual([...seen].toSorted(), does);
		metered.rest();
		(instance.exports['__rest'] as () => void)();
		isSame('rest');
	});

test('damaged modules give a coded error or a module, and those that were valid stay so', async (t) => {
	const { built } = await makeProbe();
	const { core } = decodeComponent(built.bytes);
	const flip = fc.record({ at: fc.nat(core.length - 1), to: fc.nat(255) });
	fc.assert(
		fc.property(fc.array(flip, { minLength: 1, maxLength: 3 }), (flips) => {
			const bytes = new Uint8Array(core);
			for (const { at, to } of flips) bytes[at] = to;
			const wasValid = WebAssembly.validate(bytes);
			try {
				const made = instrument(bytes);
				return !wasValid || WebAssembly.validate(made);
			} catch (error) {
				return error instanceof ComponentError;
			}
		}),
		{ numRuns: 1000 },
	);
	t.pass();
});
