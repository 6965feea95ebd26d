import test from 'ava';
import { nearName, orRather } from './near-name.ts';

const known = ['watchdog', 'console', 'storage', 'about'];

test('a name with a letter too few, too many or wrong is known again', (t) => {
	for (const name of ['wachdog', 'watchhdog', 'watchbog', 'Watchdog', 'wathcdog'])
		t.is(nearName(name, known), 'watchdog');
});

test('a name that is like none is left alone', (t) => {
	for (const name of ['', 'x', 'bootloader']) t.is(nearName(name, known), undefined);
	t.is(orRather('bootloader', known), '');
	t.is(orRather('storge', known), '; did you mean "storage"?');
});
