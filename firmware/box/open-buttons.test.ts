import test from 'ava';
import { Button } from '../../proto/host/bus/button.ts';
import { Hub } from '../../runtime/bus/hub.ts';
import { SimulatedButtons } from '../../runtime/buttons/simulated-buttons.ts';
import { ManualClock } from '../../runtime/manual-clock.ts';
import { LogBook } from './log-book.ts';
import { openButtons } from './open-buttons.ts';

test('who listens hears of a button, pressed and let go, and the operator that it was pressed', (t) => {
	const buttons = new SimulatedButtons();
	const hub = new Hub();
	const log = new LogBook(new ManualClock());
	const [heard, lines]: [unknown[], string[]] = [[], []];
	hub.listen('box.button', ({ payload }) => heard.push({ ...Button.decode(payload) }));
	log.onLine(({ text }) => lines.push(text));
	const opened = openButtons({ buttons, hub, log });
	buttons.press('wps');
	opened.close();
	buttons.press('power');
	t.like(heard, [
		{ name: 'wps', isPressed: true },
		{ name: 'wps', isPressed: false },
	]);
	t.is(heard.length, 2);
	t.deepEqual(lines, ['the button "wps" was pressed']);
});
