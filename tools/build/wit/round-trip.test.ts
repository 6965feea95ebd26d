import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import type { Func, World } from './model.ts';
import { camelCase } from './naming.ts';
import { parseWit } from './parse.ts';
import { echoSource, loneEcho } from './proof/echo-guest.ts';
import { anyValue } from './proof/value.ts';
import { type AnyFunction, buildWorld, directLinker, linkByJco, linkDirectly } from './proof/world.ts';

const wit = await readFile(join(import.meta.dirname, 'fixtures/everything.wit'), 'utf8');
const source = parseWit(wit);
const world = source.worlds[0] as World;
const calls = source.interfaces.find(({ name }) => name === 'calls')?.funcs ?? [];
const [lone] = world.imports.flatMap((item) => (item.kind === 'func' ? [item.func] : [])) as [Func];
const [alone] = world.exports.flatMap((item) => (item.kind === 'func' ? [item.func] : [])) as [Func];

/** What the host does with the values it is given: one comes back, several come back in the other order. */
function answer(func: Func, values: readonly unknown[]): unknown {
	if (func.result === undefined) return undefined;
	if (func.params.length === 0) return 'nothing to say \u{1f3e0}';
	return func.params.length === 1 ? values[0] : [...values].reverse();
}

interface Tried {
	readonly sent: unknown[];
	/** What the host was given by the guest. */
	readonly seen: unknown[];
	readonly got: unknown;
}

class Trial {
	seen: unknown[] = [];

	host(func: Func): AnyFunction {
		return (...values) => {
			this.seen = values;
			return answer(func, values);
		};
	}

	/** jco takes the error of a result from an exception, and gives it as one. */
	jcoHost(func: Func): AnyFunction {
		if (func.result?.kind !== 'result') return this.host(func);
		return (...values) => {
			this.seen = values;
			const { tag, val } = values[0] as unknown as { tag: string; val: unknown };
			if (tag === 'ok') return val;
			throw val;
		};
	}

	run(call: AnyFunction, sent: unknown[]): Tried {
		this.seen = [];
		return { sent, got: call(...(sent as never[])), seen: this.seen };
	}

	runJco(func: Func, call: AnyFunction, sent: unknown[]): Tried {
		if (func.result?.kind !== 'result') return this.run(call, sent);
		const tagged = (...values: never[]) => {
			try {
				return { tag: 'ok', val: call(...values) };
			} catch (error) {
				return { tag: 'err', val: error };
			}
		};
		return this.run(tagged, sent);
	}
}

const trial = new Trial();
const built = await buildWorld({
	wit,
	world: 'everything',
	sources: new Map([
		['guest.ts', echoSource(source, 'calls')],
		['lone.ts', loneEcho(source, { world, from: lone, to: alone })],
	]),
	implementation: (name) => (name === 'calls' ? '../guest' : '../lone'),
});
const linker = await directLinker(wit, 'everything');
const ours = linkDirectly(linker, {
	module: built.core,
	world: 'everything',
	encoding: 'utf16',
	host: {
		calls: Object.fromEntries(calls.map((func) => [camelCase(func.name), trial.host(func)])),
		lone: trial.host(lone),
	},
});
const jco = await linkByJco(built.component, {
	'proof:everything/calls': Object.fromEntries(
		calls.map((func) => [camelCase(func.name), trial.jcoHost(func)]),
	),
	lone: { default: trial.jcoHost(lone) },
});
const jcoCalls = jco['calls'] as Record<string, AnyFunction>;

for (const func of [...calls, alone]) {
	const name = camelCase(func.name);
	test(`${func.name}: what goes in comes out, through jco's glue and through ours`, (t) => {
		fc.assert(
			fc.property(fc.tuple(...func.params.map((param) => anyValue(param.type))), (sent) => {
				const direct = trial.run(ours[name] as AnyFunction, sent);
				t.deepEqual(direct.seen, sent);
				t.deepEqual(direct.got, answer(func, sent));
				const generic = trial.runJco(func, (jcoCalls[name] ?? jco[name]) as AnyFunction, sent);
				t.deepEqual(generic.seen, direct.seen);
				t.deepEqual(generic.got, direct.got);
			}),
			{ numRuns: 50 },
		);
	});
}
