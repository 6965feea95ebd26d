// Any order of updates, ways back, pushes and removals, with the power cut anywhere in it.
import test from 'ava';
import fc from 'fast-check';
import { factoryPolicies } from './factory-module.ts';
import type { FactoryFirmware } from './factory-modules.ts';
import { type Carried, FactoryBox, firmwareOf } from './testbed.fixture.ts';

const names = ['clock', 'radio', 'view'];
const carried = fc.record({
	version: fc.constantFrom('1.0.0', '2.0.0', '3.0.0'),
	policy: fc.constantFrom(...(Object.keys(factoryPolicies) as (keyof typeof factoryPolicies)[])),
});
const contents = fc
	.array(fc.option(carried), { minLength: 3, maxLength: 3 })
	.map((list) =>
		list.flatMap((each, at): Carried[] => (each === null ? [] : [{ ...each, name: names[at] ?? '' }])),
	);
const touch = fc.record({
	name: fc.constantFrom(...names),
	what: fc.constantFrom('push', 'remove', 'keep'),
	version: fc.constantFrom('1.5.0', '2.5.0'),
});
type Touch = typeof touch extends fc.Arbitrary<infer Value> ? Value : never;

/** Returns what the operator did last to each module; to take back what he has pushed himself is to have done nothing. */
async function touchAll(box: FactoryBox, touches: readonly Touch[]): Promise<Map<string, Touch['what']>> {
	const last = new Map<string, Touch['what']>();
	const before = new Set((await box.modules()).map(nameIn));
	for (const { name, what, version } of touches) {
		const isThere = (await box.modules()).some((module) => module.startsWith(`${name} `));
		if (what === 'push') await box.push({ name, version });
		if (what === 'remove' && isThere) await box.remove(name);
		if (what === 'keep' && isThere) await box.keep(name, `${version} by ${name}`);
		if (what === 'remove' && !before.has(name)) last.delete(name);
		else if (what === 'push' || (what === 'remove' && isThere)) last.set(name, what);
	}
	return last;
}

/** Starts the firmware over and over, each time with less of the power, until a start is whole. */
async function bootWithCuts(
	box: FactoryBox,
	firmware: FactoryFirmware,
	cuts: readonly number[],
): Promise<void> {
	for (const steps of cuts) await box.cutIn(steps, () => box.boot(firmware));
	await box.boot(firmware);
}

const cuts = fc.array(fc.nat(60), { maxLength: 3 });

test('an update that is given back leaves everything as it was, and tried again it finds its own', async (t) => {
	await fc.assert(
		fc.asyncProperty(
			fc.record({
				first: contents,
				second: contents,
				before: fc.array(touch),
				during: fc.array(touch),
				cuts,
			}),
			async ({ first, second, before, during, cuts }) => {
				const box = new FactoryBox();
				const [a, b] = [firmwareOf('a', first), firmwareOf('b', second)];
				await box.boot(a);
				await touchAll(box, before);
				const old = await box.modules();
				await bootWithCuts(box, b, cuts);
				// What modules keep by themselves is theirs; what the operator does is another property.
				const changed = new Set((await box.modules()).filter((each) => !old.includes(each)).map(nameIn));
				await touchAll(
					box,
					during.filter(({ what, name }) => what === 'keep' && changed.has(name)),
				);
				const made = await box.modules();

				await bootWithCuts(box, a, cuts);
				t.deepEqual(await box.modules(), old);
				await bootWithCuts(box, b, cuts);
				t.deepEqual(await box.modules(), made);
			},
		),
		{ numRuns: 150 },
	);
});

test('what the operator pushed or removed last is what there is, whichever firmware runs after that', async (t) => {
	await fc.assert(
		fc.asyncProperty(contents, contents, fc.array(touch), cuts, async (first, second, during, cuts) => {
			const box = new FactoryBox();
			const [a, b] = [firmwareOf('a', first), firmwareOf('b', second)];
			await box.boot(a);
			await bootWithCuts(box, b, cuts);
			const last = await touchAll(box, during);
			const ofOperator = async () => (await box.modules()).filter((each) => last.has(nameIn(each)));
			const left = await ofOperator();
			for (const firmware of [a, b, a]) {
				await bootWithCuts(box, firmware, cuts);
				t.deepEqual(await ofOperator(), left);
			}
		}),
		{ numRuns: 100 },
	);
});

test('cut at any step of its first start, new firmware ends where it would have, and so does the old one', async (t) => {
	const [a, b] = [
		firmwareOf('a', [
			{ name: 'clock', version: '1.0.0' },
			{ name: 'view', version: '1.0.0' },
		]),
		firmwareOf('b', [
			{ name: 'clock', version: '2.0.0' },
			{ name: 'radio', version: '1.0.0' },
		]),
	];
	for (let steps = 0, isCut = true; isCut; steps++)
		for (const next of [a, b]) {
			const box = new FactoryBox();
			await box.boot(a);
			await box.keep('clock', 'of 1');
			isCut = await box.cutIn(steps, () => box.boot(b));
			await box.boot(next);
			const expected = next === a ? ['clock 1.0.0 of 1', 'view 1.0.0'] : ['clock 2.0.0 of 1', 'radio 1.0.0'];
			t.deepEqual(await box.modules(), expected, `cut after ${steps} steps, then ${next.id}`);
		}
});

function nameIn(module: string): string {
	return module.split(' ')[0] ?? '';
}
