import test from 'ava';
import { ManualClock } from '../manual-clock.ts';
import { Recordings } from './recordings.ts';

const order = { turns: 10, bytes: 1000 };
const bytes = (length: number, first = 0) => Uint8Array.from({ length }, (_, at) => first + at);

function start(options: { most?: number } = {}) {
	const clock = new ManualClock();
	const stopped: string[] = [];
	const stop = (vm: number, why: string) => stopped.push(`${vm} ${why}`);
	const recordings = new Recordings({
		clock,
		stop,
		unreadBytes: 20,
		readBytes: 8,
		patienceMs: 1000,
		...options,
	});
	return { clock, stopped, recordings };
}

test('a recording is read in parts of a bounded size, and is gone when its end was read', (t) => {
	const { recordings } = start();
	const { id } = recordings.open(order);
	recordings.began(id, { vm: 3, opening: bytes(5) });
	recordings.accept(id, { bytes: bytes(6, 5), turns: 1, ended: undefined });
	recordings.accept(id, { bytes: bytes(0), turns: 0, ended: 'the VM was stopped' });

	t.deepEqual(recordings.read(id, 0), { bytes: bytes(8), turns: 1, ended: '' });
	t.deepEqual(recordings.read(id, 8), { bytes: bytes(3, 8), turns: 1, ended: 'the VM was stopped' });
	t.deepEqual(recordings.read(id, 11), { bytes: bytes(0), turns: 1, ended: 'the VM was stopped' });
	t.throws(() => recordings.read(id, 11), { code: 'unknown-recording' });
});

test('the same part can be read again, but nothing before what was asked for last', (t) => {
	const { recordings } = start();
	const { id } = recordings.open(order);
	recordings.began(id, { vm: 3, opening: bytes(12) });

	t.deepEqual(recordings.read(id, 3).bytes, bytes(8, 3));
	t.deepEqual(recordings.read(id, 3).bytes, bytes(8, 3));
	t.throws(() => recordings.read(id, 2), { code: 'unknown-recording' });
	t.throws(() => recordings.read(id, 13), { code: 'unknown-recording' });
	t.throws(() => recordings.read(id, Number.NaN), { code: 'unknown-recording' });
});

test('a reader that does not keep up ends its recording, which it can still read', (t) => {
	const { recordings, stopped } = start();
	const { id } = recordings.open(order);
	recordings.began(id, { vm: 3, opening: bytes(5) });
	recordings.accept(id, { bytes: bytes(21), turns: 1, ended: undefined });
	recordings.accept(id, { bytes: bytes(21), turns: 1, ended: undefined });

	t.deepEqual(stopped, ['3 it was not read in time']);
	t.is(recordings.read(id, 0).turns, 1);
	t.is(recordings.read(id, 18).ended, 'it was not read in time');
});

test('a state that is larger than what may wait is read all the same, and only turns behind it have to be in time', (t) => {
	const { recordings, stopped } = start();
	const { id } = recordings.open(order);
	recordings.began(id, { vm: 3, opening: bytes(5) });
	recordings.accept(id, { bytes: bytes(50), turns: 0, ended: undefined });
	recordings.accept(id, { bytes: bytes(20), turns: 1, ended: undefined });
	t.deepEqual(stopped, []);
	recordings.read(id, 55);

	recordings.accept(id, { bytes: bytes(1), turns: 1, ended: undefined });

	t.deepEqual(stopped, ['3 it was not read in time']);
});

test('a reader that does not come back is not waited for', (t) => {
	const { recordings, stopped, clock } = start();
	const { id } = recordings.open(order);
	recordings.began(id, { vm: 3, opening: bytes(5) });
	clock.advance(999);
	recordings.read(id, 0);
	clock.advance(999);
	t.deepEqual(stopped, []);

	clock.advance(1);

	t.deepEqual(stopped, ['3 nobody came for it']);
	t.throws(() => recordings.read(id, 0), { code: 'unknown-recording' });
});

test('one that is stopped keeps what it has, and takes nothing more', (t) => {
	const { recordings, stopped } = start();
	const { id } = recordings.open(order);
	recordings.began(id, { vm: 3, opening: bytes(5) });

	recordings.stop(id);
	recordings.accept(id, { bytes: bytes(5), turns: 1, ended: undefined });

	t.deepEqual(stopped, ['3 asked for']);
	t.deepEqual(recordings.read(id, 0), { bytes: bytes(5), turns: 0, ended: 'asked for' });
});

test('a VM that is gone ends its recordings, and nobody else’s', (t) => {
	const { recordings } = start();
	const [one, other] = [recordings.open(order).id, recordings.open(order).id];
	recordings.began(one, { vm: 1, opening: bytes(1) });
	recordings.began(other, { vm: 2, opening: bytes(1) });

	recordings.left(1, 'cell-lost');

	t.is(recordings.read(one, 0).ended, 'cell-lost');
	t.is(recordings.read(other, 0).ended, '');
});

test('there are no more at a time than this box takes', (t) => {
	const { recordings } = start({ most: 1 });
	recordings.open(order);

	t.throws(() => recordings.open(order), { code: 'too-many-recordings' });
});
