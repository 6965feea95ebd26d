// A box records one programme while another one plays, through power cuts and changes of network, and plays what it has.
import { createHash } from 'node:crypto';
import test from 'ava';
import { loopbackNetworks } from '../../start/stage.ts';
import { installPlayers, Playing } from './playing.ts';
import { Recorder } from './recorder.ts';
import { TestBox } from './test-box.ts';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const perfect = { lost: 0, doubled: 0, late: 0, longestGapUs: 0 };
/** The programme that plays has 64 kbit/s: shared with somebody who takes what he gets, it would stop every few seconds. */
const [first, better] = loopbackNetworks;
const thin = [{ ...first, path: { ...first.path, rateKbps: 80 } }, better] as const;

test.serial(
	'while one programme plays over a thin network another one is recorded, and neither lacks a byte',
	async (t) => {
		await using box = await TestBox.start({ mediaMs: 25_000, minimumTimeMs: 600_000, networks: thin });
		await installPlayers(box);
		const recorder = await Recorder.install(box);
		const film = await recorder.broadcast('film.bin', 40_000);
		const playing = await Playing.open(box);
		await playing.heardFrames(20);

		const started = await recorder.start({ name: 'film', url: film.url, sha256: sha256(film.bytes) });
		t.like(started, { name: 'film', play: 'recording:recorder/film' });
		const recorded = await recorder.recorded('film');
		const meanwhile = await playing.look();
		const ended = await playing.ended();

		t.true(
			(meanwhile?.account?.played ?? box.media.frames) < box.media.frames,
			'it was recorded while that played',
		);
		t.like(ended?.account, { played: box.media.frames, ...perfect });
		t.deepEqual(await playing.heard(), box.media.heard);
		t.like(recorded, { bytes: 40_000, size: 40_000, sha256: sha256(film.bytes) });
		t.is(recorded.code ?? '', '');
		t.deepEqual(await recorder.onDisk('film'), film.bytes);
	},
);

test.serial(
	'a recording goes on after power cuts and on the network that is there, and is played without one',
	async (t) => {
		await using box = await TestBox.start({ mediaMs: 4000 });
		await installPlayers(box);
		// Slow enough to be cut in its midst.
		const recorder = await Recorder.install(box, {
			settings: { mostKbps: 300, fetchMs: 400, fetchBytes: 32_768 },
		});
		const film = await recorder.broadcast('film.bin', 500_000);
		await recorder.start({ name: 'film', url: film.url });
		const cut = async (at: number): Promise<void> => {
			const { bytes = 0 } = await recorder.until('film', ({ bytes = 0 }) => bytes > at);
			t.true(bytes < film.bytes.length);
			await box.stage.powerCut();
			await box.stage.powerOn();
		};
		await cut(0);
		await cut(150_000);
		await recorder.until('film', ({ bytes = 0 }) => bytes > 200_000);
		await box.stage.better.up();
		await box.stage.first.down();
		const recorded = await recorder.recorded('film');
		t.like(recorded, { bytes: 500_000, sha256: sha256(film.bytes) });
		t.is(recorded.code ?? '', '');
		t.deepEqual(await recorder.onDisk('film'), film.bytes);

		await recorder.start({ name: 'song', url: box.stage.mediaUrl });
		const { play = '' } = await recorder.recorded('song');
		// Nobody is needed for what is on the box.
		await box.stage.better.down();
		const before = await box.stage.sample();
		const playing = await Playing.open(box, { url: play });
		const ended = await playing.ended();
		const after = await box.stage.sample();
		t.like(ended?.account, { played: box.media.frames, ...perfect });
		t.deepEqual(await playing.heard(), box.media.heard);
		const bytesOf = ({ networks }: typeof before): number[] =>
			networks.flatMap(({ bytesIn, bytesOut }) => [bytesIn, bytesOut]);
		t.deepEqual(bytesOf(after), bytesOf(before));

		await recorder.delete('film');
		await recorder.delete('song');
		t.deepEqual(await recorder.list(), []);
		t.deepEqual(await recorder.files(), []);
		t.is((await (await Playing.open(box, { url: play })).ended())?.account?.played ?? 0, 0);
	},
);

test.serial('what a recording may not have ends it with a code, and what it has is whole', async (t) => {
	await using box = await TestBox.start();
	await box.stage.better.up();
	const recorder = await Recorder.install(box, { grant: { maxBytes: 300_000 } });
	const film = await recorder.broadcast('film.bin', 400_000);
	await recorder.start({ name: 'part', url: film.url, maxBytes: 100000 });
	t.like(await recorder.recorded('part'), { code: 'limit', bytes: 100000, size: 400000 });
	t.deepEqual(await recorder.onDisk('part'), film.bytes.subarray(0, 100_000));

	await recorder.start({ name: 'film', url: film.url });
	const { code, bytes = 0 } = await recorder.recorded('film');
	t.is(code, 'recordings-full');
	t.true(bytes > 0 && bytes <= 200_000, `${bytes}`);
	t.deepEqual(await recorder.onDisk('film'), film.bytes.subarray(0, bytes));

	await recorder.delete('part');
	await recorder.delete('film');
	await recorder.start({ name: 'other', url: film.url, sha256: sha256(film.bytes), maxBytes: 1000 });
	t.like(await recorder.recorded('other'), { code: 'limit', bytes: 1000 });
	t.like(await recorder.start({ name: 'other', url: film.url }), { code: 'recording-there' });
	t.like(await recorder.start({ name: '../other', url: film.url }), { code: 'recording-name' });
	t.like(await recorder.start({ name: 'ftp', url: 'ftp://content/film' }), { code: 'bad-request' });
	await recorder.start({ name: 'later', url: film.url, startAt: `${Math.floor(Date.now() / 1000) + 3600}` });
	t.deepEqual(
		(await recorder.list()).map(({ name, state = 'STATE_WAITING' }) => [name, state]),
		[
			['other', 'STATE_RECORDED'],
			['later', 'STATE_WAITING'],
		],
	);
	t.like(await recorder.stop('later'), { state: 'STATE_RECORDED', code: 'stopped' });
	await recorder.start({ name: 'gone', url: new URL('nothing.bin', film.url).href });
	t.like(await recorder.recorded('gone'), { code: 'refused' });
});
