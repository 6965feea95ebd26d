import test from 'ava';
import fc from 'fast-check';
import { featuresOf, parseLab } from './lab-file.ts';

const smallest = { name: 'box-1', serial: { device: '/dev/ttyUSB0' } };
const parse = (...boards: unknown[]) => parseLab(JSON.stringify({ boards }));

test('a board of a serial line alone has no features', (t) => {
	const [plan] = parse(smallest);

	t.deepEqual(plan, { name: 'box-1', serial: { device: '/dev/ttyUSB0', baud: 115_200 } });
	t.is(plan && featuresOf(plan).size, 0);
});

test('each command makes a feature', (t) => {
	const [plan] = parse({
		...smallest,
		power: { on: ['relay', '1', 'on'], off: ['relay', '1', 'off'] },
		reset: ['relay', '2', 'pulse'],
		flash: ['flash-box', '{disk}'],
		link: { down: ['port', 'down'], up: ['port', 'up'] },
		buttons: { power: ['press', '1'] },
		says: { started: '^U-Boot ', watchdog: 'reset cause: WDT' },
	});

	t.deepEqual([...(plan === undefined ? [] : featuresOf(plan))].toSorted(), [
		'buttons',
		'flash',
		'link',
		'power',
		'reset',
		'watchdog',
	]);
});

for (const [what, board, place] of [
	['no name', { serial: smallest.serial }, 'boards[0].name'],
	['a device that is no path', { ...smallest, serial: { device: 'ttyUSB0' } }, 'boards[0].serial.device'],
	['a device with an option of socat', { ...smallest, serial: { device: '/dev/tty,raw' } }, 'serial.device'],
	['a rate that is none', { ...smallest, serial: { device: '/dev/x', baud: '9600' } }, 'serial.baud'],
	['a command as a text', { ...smallest, reset: 'relay 1' }, 'boards[0].reset'],
	['an empty command', { ...smallest, reset: [] }, 'boards[0].reset'],
	['half a pair', { ...smallest, power: { on: ['relay'] } }, 'boards[0].power.off'],
	['a field that is misspelt', { ...smallest, powr: {} }, 'boards[0].powr'],
	['a broken pattern', { ...smallest, says: { started: '(' } }, 'boards[0].says.started'],
] as const) {
	test(`${what} is refused, and the message names the field`, (t) => {
		const error = t.throws(() => parse(board), { code: 'bad-lab-file' });
		t.true(error?.message.includes(place), error?.message);
	});
}

test('what is not a list of boards, or has one name twice, is refused', (t) => {
	for (const text of ['', '[]', '{}', '{"boards":[]}', '{"boards":{}}', 'null'])
		t.throws(() => parseLab(text), { code: 'bad-lab-file' });
	t.throws(() => parse(smallest, smallest), { code: 'bad-lab-file' });
});

test('whatever JSON there is, it is a lab or a bad-lab-file', (t) => {
	fc.assert(
		fc.property(
			fc.oneof(
				fc.json(),
				fc.jsonValue().map((board) => JSON.stringify({ boards: [board] })),
			),
			(text) => {
				try {
					parseLab(text);
				} catch (error) {
					return (error as { code?: string }).code === 'bad-lab-file';
				}
				return true;
			},
		),
	);
	t.pass();
});
