/** The buttons of a box: who wants to know hears of them on the bus. */
import { Button } from '../../proto/host/bus/button.ts';
import type { Hub } from '../../runtime/bus/hub.ts';
import type { Buttons } from '../../runtime/buttons/buttons.ts';
import type { LogBook } from './log-book.ts';

export function openButtons({
	buttons,
	hub,
	log,
}: {
	readonly buttons: Buttons;
	readonly hub: Hub;
	readonly log: LogBook;
}): { close(): void } {
	return buttons.watch(({ name, isPressed }) => {
		if (isPressed) log.write({ vm: '', level: 'info', text: `the button "${name}" was pressed` });
		hub.publish('box.button', Button.encode({ name, isPressed }));
	});
}
