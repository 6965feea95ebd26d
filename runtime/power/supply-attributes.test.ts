import test from 'ava';
import fc from 'fast-check';
import { attributeNames, readingOf } from './supply-attributes.ts';

const mains = (online: string) => ({ type: 'Mains', online });

test('a supply that is online is mains, and any one is enough', (t) => {
	t.is(readingOf([mains('0'), mains('1')]).hasMains, true);
	t.is(readingOf([mains('0')]).hasMains, false);
	t.is(readingOf([{ type: 'USB', online: '2' }]).hasMains, true);
	t.is(readingOf([]).hasMains, undefined);
});

test('a battery alone tells by what it does whether there are mains', (t) => {
	const battery = (status: string) => readingOf([{ type: 'Battery', status, capacity: '70' }]);
	t.is(battery('Discharging').hasMains, false);
	t.is(battery('Charging').hasMains, true);
	t.is(battery('Unknown').hasMains, undefined);
});

test('the battery of a mouse is none of the box', (t) => {
	t.is(readingOf([mains('1'), { type: 'Battery', scope: 'Device', capacity: '3' }]).battery, undefined);
});

test('how long it lasts is what the battery says, or what it has by what leaves it', (t) => {
	const of = (battery: object) => readingOf([{ type: 'Battery', ...battery }]).battery?.secondsLeft;
	t.is(of({ time_to_empty_now: '600', energy_now: '1', power_now: '1' }), 600);
	t.is(of({ energy_now: '5000000', power_now: '10000000' }), 1800);
	t.is(of({ charge_now: '2000000', current_now: '-1000000' }), 7200);
	t.is(of({ energy_now: '5000000', power_now: '0' }), undefined);
	t.is(of({ capacity: '50' }), undefined);
});

test('of two batteries the better one counts', (t) => {
	const { battery } = readingOf([
		{ type: 'Battery', capacity: '5', time_to_empty_now: '60' },
		{ type: 'UPS', capacity: '90' },
		{ type: 'Battery', present: '0', capacity: '100' },
	]);
	t.deepEqual(battery, { percent: 90, secondsLeft: 60 });
});

test('whatever drivers say, a reading is within its ranges', (t) => {
	const text = fc.oneof(
		fc.string(),
		fc.integer().map(String),
		fc.constantFrom('Mains', 'Battery', 'UPS', 'Discharging', '0', '1', '100', '101', '-5', '1e9', ''),
	);
	const supply = fc.dictionary(fc.constantFrom(...attributeNames), text);
	fc.assert(
		fc.property(fc.array(supply, { maxLength: 6 }), (supplies) => {
			const { battery } = readingOf(supplies);
			const { percent = 0, secondsLeft = 0 } = battery ?? {};
			t.true(Number.isInteger(percent) && percent >= 0 && percent <= 100);
			t.true(Number.isInteger(secondsLeft) && secondsLeft >= 0 && secondsLeft <= 30 * 86_400);
		}),
	);
});
