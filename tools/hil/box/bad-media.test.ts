// What comes of media that break off, lie, or are none: a listener hears every frame once, or the operator why not.
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import test from 'ava';
import type { Fault } from '../../headend/content/fault.ts';
import { installPlayers, Playing } from './playing.ts';
import { TestBox } from './test-box.ts';

// Sessions stay where they are: each network's player is a listener of its own.
const box = await TestBox.start({ mediaMs: 4000, minimumTimeMs: 600_000 });
const { media, stage } = box;
await stage.better.up();
await installPlayers(box, { fetchBytes: 3072 });
const { content } = stage.headend;
const lte = content.network('lte0');
const wlan = content.network('wlan0');
const urlOf = (name: string): string => new URL(name, stage.mediaUrl).href;

test.after.always(() => box[Symbol.asyncDispose]());

/** Each followed by one that brings something: six refusals in a row are a server's last word. */
const faults: Fault[] = [
	{ kind: 'status', status: 404 },
	{ kind: 'short-body', afterBytes: 1000 },
	{ kind: 'wrong-range', byBytes: 3 },
	{ kind: 'reset', afterBytes: 10 },
	{ kind: 'ignore-range' },
	{ kind: 'wrong-length', byBytes: -100 },
	{ kind: 'status', status: 500 },
	{ kind: 'short-body', afterBytes: 0 },
	{ kind: 'wrong-length', byBytes: 100 },
	{ kind: 'wrong-range', byBytes: -3 },
];

test.serial(
	'with most of the requests going wrong, and one that stalls, every frame is heard once',
	async (t) => {
		for (const fault of faults) {
			lte.inject(fault);
			lte.inject({ kind: 'reset', afterBytes: 2500 });
		}
		wlan.inject({ kind: 'short-body', afterBytes: 2000 });
		wlan.inject({ kind: 'stall', afterBytes: 1500 });
		const playings = [
			await Playing.open(box, { baseband: 'lte0' }),
			await Playing.open(box, { baseband: 'wlan0' }),
		];

		for (const playing of playings) {
			const end = await playing.ended();
			t.like(end?.account, { played: media.frames, lost: 0, doubled: 0, refused: 0 });
			t.deepEqual(await playing.heard(), media.heard);
		}
		t.deepEqual([lte.faults.next('/short.mp3'), wlan.faults.next('/short.mp3')], [undefined, undefined]);
	},
);

interface Unplayable {
	readonly name: string;
	readonly bytes?: Uint8Array;
	/** What the operator reads about it. */
	readonly says: RegExp;
}

const missing: Unplayable = { name: 'missing.mp3', says: /its server refuses it or answers nonsense/ };
const text: Unplayable = {
	name: 'text.mp3',
	bytes: new TextEncoder().encode('Not a word of this is audio. '.repeat(25_000)),
	says: /cannot play .*text\.mp3/,
};
const empty: Unplayable = { name: 'empty.mp3', bytes: new Uint8Array(), says: /cannot play .*empty\.mp3/ };

test.serial(
	'what cannot be played ends its session with a reason, and what comes next is played',
	async (t) => {
		const end = async ({ name, bytes, says }: Unplayable, baseband: string): Promise<void> => {
			if (bytes !== undefined) await writeFile(join(dirname(media.path), name), bytes);
			const playing = await Playing.open(box, { url: urlOf(name), baseband });
			t.is((await playing.ended())?.account?.played ?? 0, 0, name);
			t.regex(await box.line(new RegExp(`^error player-.*@${baseband}: cannot play .*${name}`)), says);
		};
		const play = async (baseband: string): Promise<void> => {
			const playing = await Playing.open(box, { baseband });
			t.like((await playing.ended())?.account, { played: media.frames, lost: 0, doubled: 0, late: 0 });
			t.deepEqual(await playing.heard(), media.heard);
		};
		await Promise.all([
			end(missing, 'lte0').then(() => play('lte0')),
			end(text, 'wlan0')
				.then(() => end(empty, 'wlan0'))
				.then(() => play('wlan0')),
		]);

		const vms = (await stage.sample()).vms.map(({ id, state, restarts }) => ({ id, state, restarts }));
		t.deepEqual(vms, [
			{ id: 'player-thrifty@lte0', state: 'running', restarts: 0 },
			{ id: 'player-rich@wlan0', state: 'running', restarts: 0 },
		]);
	},
);
