import test from 'ava';
import fc from 'fast-check';
import { powerNeeds, priorities } from './manifest.ts';
import { inOrderOfNeed, type Startable } from './start-order.ts';

const unit = (
	name: string,
	priority: 'realtime' | 'interactive' | 'background',
	power: 'ordinary' | 'essential' = 'ordinary',
	needsGlue = false,
) => ({ name, needsGlue, manifest: { priority, power } });
const names = (units: readonly { name: string }[]): string[] => units.map(({ name }) => name);

test('a call is taken up before a picture, and a picture before what counts at night', (t) => {
	const units = [
		unit('counter', 'background'),
		unit('guide', 'interactive'),
		unit('foreign-voice', 'realtime', 'essential', true),
		unit('player', 'realtime'),
		unit('alarm', 'background', 'essential'),
		{ name: 'damaged', needsGlue: false, manifest: undefined },
		unit('voice', 'realtime', 'essential'),
	];
	t.deepEqual(names(inOrderOfNeed(units)), [
		'voice',
		'alarm',
		'player',
		'guide',
		'counter',
		'foreign-voice',
		'damaged',
	]);
});

test('what carries the messages of the others is taken up before all of them', (t) => {
	const units = [unit('voice', 'realtime', 'essential'), unit('courier', 'background', 'ordinary', true)];
	t.deepEqual(names(inOrderOfNeed(units, ({ name }) => name === 'courier')), ['courier', 'voice']);
});

test('whatever there is, all of it is taken up once, and those of one kind in the order they came in', (t) => {
	const manifest = fc.record({
		priority: fc.constantFrom(...priorities),
		power: fc.constantFrom(...powerNeeds),
	});
	const startable = fc.record({ manifest: fc.option(manifest, { nil: undefined }), needsGlue: fc.boolean() });
	const kindOf = ({ manifest: of, needsGlue }: Startable) =>
		`${of?.priority} ${of?.power} ${of && needsGlue}`;
	fc.assert(
		fc.property(fc.array(startable), (some) => {
			const units = some.map((each, place) => ({ ...each, place }));
			const ordered = inOrderOfNeed(units);
			t.deepEqual(
				ordered.map(({ place }) => place).toSorted((a, b) => a - b),
				units.map(({ place }) => place),
			);
			for (const kind of new Set(ordered.map(kindOf))) {
				const places = ordered.filter((each) => kindOf(each) === kind).map(({ place }) => place);
				t.deepEqual(
					places,
					places.toSorted((a, b) => a - b),
				);
			}
		}),
	);
});
