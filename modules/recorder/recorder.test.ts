import test from 'ava';
import { type Conduct, programme, RecorderBox, serving, sha256 } from './testbed.ts';

const film = programme(500_000);
const url = 'http://content/film';

test('a programme is recorded whole, and every byte of it is asked for once', async (t) => {
	const box = await RecorderBox.start(t, { conduct: serving({ film }) });
	const started = await box.start({ name: 'film', url, sha256: sha256(film) });
	t.like(started, { name: 'film', url, state: 'STATE_RECORDING', play: 'recording:recorder/film' });
	t.like(await box.recorded('film'), { bytes: 500_000, size: 500_000, sha256: sha256(film) });
	t.deepEqual(await box.onDisk('film'), film);
	let end = 0;
	for (const { from, to, baseband } of box.asked) {
		t.is(from, end);
		t.is(baseband, 'wlan0');
		end = to;
	}
	t.true(end >= film.length);
	t.deepEqual(
		box.states.map(({ state, code = '' }) => [state, code]),
		[
			['STATE_RECORDING', ''],
			['STATE_RECORDED', ''],
		],
	);
});

test('what breaks off goes on where it broke, over the network that is there then', async (t) => {
	const whole = serving({ film });
	let broken = 0;
	const box = await RecorderBox.start(t, {
		conduct: (stream) => {
			const { offset, length } = stream.request;
			if (++broken % 3 === 0) return whole(stream);
			stream.far.chunk(offset, film.subarray(offset, Math.min(film.length, offset + (length >> 1))));
			stream.far.fail('unreachable', 'the network is down');
			box.network = broken % 2 === 0 ? 'wlan0' : 'lte0';
			return true;
		},
	});
	await box.start({ name: 'film', url });
	t.like(await box.recorded('film', 600_000), { bytes: 500_000, sha256: sha256(film) });
	t.deepEqual(await box.onDisk('film'), film);
	t.deepEqual(new Set(box.asked.map(({ baseband }) => baseband)), new Set(['wlan0', 'lte0']));
	t.true(box.states.some(({ trouble }) => trouble === 'unreachable'));
});

test('without a network it waits, more and more patiently, and goes on when there is one', async (t) => {
	const box = await RecorderBox.start(t, { conduct: serving({ film }) });
	box.network = undefined;
	await box.start({ name: 'film', url });
	await box.run(60_000);
	t.is(box.asked.length, 0);
	t.like(await box.look('film'), { trouble: 'unreachable', state: 'STATE_RECORDING' });
	box.network = 'lte0';
	t.like(await box.recorded('film', 30_000), { bytes: 500_000 });
});

test('what is booked for later is fetched from then on, by a box that was restarted in between', async (t) => {
	const first = await RecorderBox.start(t, { conduct: serving({ film }) });
	const startAt = Math.floor(first.clock.now() / 1_000_000) + 120;
	t.like(await first.start({ name: 'film', url, startAt }), { startAt, bytes: 0, state: 'STATE_WAITING' });
	await first.run(30_000);
	t.is(first.asked.length, 0);
	await first.close();

	const { files, clock } = first;
	const box = await RecorderBox.start(t, { conduct: serving({ film }), files, clock });
	await box.run(60_000);
	t.is(box.asked.length, 0);
	t.like(await box.recorded('film'), { sha256: sha256(film), startAt });
	t.true(clock.now() / 1_000_000 >= startAt);
});

test('a box that is restarted in the midst goes on where the disk has it', async (t) => {
	const settings = { mostKbps: 1000, fetchMs: 400, fetchBytes: 65_536 };
	const first = await RecorderBox.start(t, { conduct: serving({ film }), settings });
	await first.start({ name: 'film', url });
	await first.run(2500);
	await first.close();
	const { files, clock } = first;
	const box = await RecorderBox.start(t, { conduct: serving({ film }), settings, files, clock });
	t.like(await box.recorded('film'), { bytes: 500_000, sha256: sha256(film) });
	const from = box.asked[0]?.from ?? 0;
	t.true(from > 0 && from < film.length, `${from}`);
	t.deepEqual(await box.onDisk('film'), film);
});

test('while somebody plays it leaves half of the time alone, and all of it when there is little in store', async (t) => {
	const askedAt = new Map<object, number>();
	const whole = serving({ film: programme(3_000_000) });
	// 16 KiB take 400 ms.
	const slow: Conduct = (stream) => {
		const since = askedAt.get(stream) ?? box.clock.now();
		askedAt.set(stream, since);
		const ms = (stream.request.length / 16_384) * 400;
		return (box.clock.now() - since) / 1000 >= ms && whole(stream);
	};
	const box = await RecorderBox.start(t, { conduct: slow });
	await box.start({ name: 'film', url });
	const fetched = async (bufferedMs?: number): Promise<number> => {
		const before = box.asked.reduce((sum, { from, to }) => sum + to - from, 0);
		for (let half = 0; half < 20; half++) {
			if (bufferedMs !== undefined) box.play(bufferedMs);
			await box.run(500);
		}
		return box.asked.reduce((sum, { from, to }) => sum + to - from, 0) - before;
	};

	const alone = await fetched();
	const beside = await fetched(4000);
	await fetched(500);
	const starved = await fetched(500);

	t.true(beside > 0.3 * alone && beside < 0.7 * alone, `${beside} of ${alone}`);
	t.is(starved, 0);
});

test('no more is fetched than the disk keeps up with', async (t) => {
	const long = programme(3_000_000);
	const box = await RecorderBox.start(t, {
		conduct: serving({ film: long }),
		settings: { fetchMs: 400, fetchBytes: 65_536, windowBytes: 300_000 },
	});
	await box.start({ name: 'film', url });
	const { promise, resolve } = Promise.withResolvers<void>();
	box.files.busy = promise;
	await box.run(10_000);
	const to = Math.max(...box.asked.map((one) => one.to));
	t.true(to >= 300_000 && to <= 300_000 + 65_536, `${to}`);
	box.files.busy = undefined;
	resolve();
	t.like(await box.recorded('film'), { sha256: sha256(long) });
});

test('two recordings take turns', async (t) => {
	const song = programme(300_000, 7);
	const box = await RecorderBox.start(t, { conduct: serving({ film, song }) });
	await box.start({ name: 'film', url });
	await box.start({ name: 'song', url: 'http://content/song' });
	await box.recorded('film');
	await box.recorded('song');
	t.deepEqual(await box.onDisk('film'), film);
	t.deepEqual(await box.onDisk('song'), song);
	const order = box.asked.map((one) => one.url);
	t.true(order.indexOf('http://content/song') < order.lastIndexOf(url));
});

test('a programme that is not to be had, that changes, or is not what it should be is told with a code', async (t) => {
	let size = film.length;
	const whole = serving({ film });
	const box = await RecorderBox.start(t, {
		conduct: (stream) => {
			if (!stream.request.url.pathname.includes('changing')) return whole(stream);
			const { offset, length } = stream.request;
			stream.far.chunk(offset, film.subarray(offset, offset + length));
			stream.far.end(size++);
			return true;
		},
	});
	await box.start({ name: 'none', url: 'http://content/none' });
	t.like(await box.recorded('none'), { code: 'refused', bytes: 0 });
	await box.start({ name: 'changing', url: 'http://content/changing' });
	t.like(await box.recorded('changing'), { code: 'changed' });
	await box.start({ name: 'other', url, sha256: 'a'.repeat(64) });
	t.like(await box.recorded('other'), { code: 'digest-differs', bytes: 500_000, sha256: sha256(film) });
	await box.start({ name: 'part', url, maxBytes: 123_456 });
	t.like(await box.recorded('part'), { code: 'limit', sha256: sha256(film.subarray(0, 123_456)) });
});

test('what is stopped can be played, what is deleted is gone, and what makes no sense is refused with a code', async (t) => {
	const box = await RecorderBox.start(t, { conduct: () => false });
	await box.start({ name: 'film', url });
	t.like(await box.start({ name: 'film', url }), { code: 'recording-there' });
	t.like(await box.start({ name: 'a/b', url }), { code: 'recording-name' });
	t.like(await box.start({ name: 'ftp', url: 'ftp://content/film' }), { code: 'bad-request' });
	t.like(await box.start({ name: 'odd', url, sha256: 'x' }), { code: 'bad-request' });
	t.like(await box.ask('stop', 'Stop', { name: 'none' }), { code: 'recording-unknown' });
	t.like(await box.ask('delete', 'Delete', { name: 'none' }), { code: 'recording-unknown' });
	t.like(await box.ask('stop', 'Stop', { name: 'film' }), {
		programme: { ...(await box.look('film')), state: 'STATE_RECORDED' },
	});
	t.like(await box.look('film'), { code: 'stopped' });
	t.like(await box.ask('delete', 'Delete', { name: 'film' }), { name: 'film', code: '' });
	t.is(await box.look('film'), undefined);
	t.like(box.states.at(-1), { name: 'film', state: 'STATE_DELETED' });
});
