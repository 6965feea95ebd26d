import test from 'ava';
import fc from 'fast-check';
import { ManualClock } from '../../manual-clock.ts';
import { MemoryOutput } from './audio-output.ts';
import { FramePlayer } from './frame-player.ts';

const durationUs = 20_000;

function setUp() {
	const clock = new ManualClock();
	const output = new MemoryOutput();
	const player = new FramePlayer({ clock, output });
	player.assign(1);
	const startUs = clock.now() + 100_000;
	const frame = (sequence: number) => ({
		sequence,
		atUs: startUs + sequence * durationUs,
		durationUs,
		bytes: new Uint8Array([sequence]),
	});
	return { clock, output, player, frame };
}

test('a frame is heard when its time has come and not before', (t) => {
	const { clock, output, player, frame } = setUp();
	player.take(1, frame(0));
	player.take(1, frame(1));
	clock.advance(99);
	t.is(output.frames.length, 0);
	clock.advance(1);
	t.is(output.frames.length, 1);
	clock.advance(20);
	t.is(output.frames.length, 2);
	t.like(player.account(), {
		sent: 2,
		played: 2,
		lost: 0,
		doubled: 0,
		late: 0,
		longestGapUs: 0,
		worstJitterUs: 0,
	});
});

test('frames of a VM that does not own the session are refused', (t) => {
	const { player, frame } = setUp();
	player.take(2, frame(0));
	player.assign(undefined);
	player.take(1, frame(0));
	t.like(player.account(), { sent: 0, refused: 2 });
});

test('a frame that comes again is doubled, one that is skipped is lost, one after its time is late', (t) => {
	const { clock, player, frame } = setUp();
	player.take(1, frame(0));
	player.take(1, frame(0));
	player.take(1, frame(3));
	clock.advance(10_000);
	player.take(1, frame(4));
	t.like(player.account(), { doubled: 1, lost: 2, late: 1 });
});

test('silence between frames is a gap', (t) => {
	const { player, frame } = setUp();
	player.take(1, frame(0));
	player.take(1, { ...frame(1), atUs: frame(1).atUs + 5000 });
	t.is(player.account().longestGapUs, 5000);
});

test('after going back, what follows is heard once and in its place', async (t) => {
	const { clock, output, player, frame } = setUp();
	for (let sequence = 0; sequence < 4; sequence++) player.take(1, frame(sequence));
	clock.advance(100 + 3 * 20);
	await player.rewind({ sequence: 2, place: 2 });
	for (let sequence = 2; sequence < 5; sequence++) player.take(1, frame(sequence));
	clock.advance(1000);
	t.deepEqual(
		output.frames.map(([byte]) => byte),
		[0, 1, 2, 3, 4],
	);
	t.like(player.account(), { played: 5, doubled: 0, lost: 0 });
});

test('what was heard is what was sent, once and in order, and the account adds up', (t) => {
	const steps = fc.array(
		fc.record({ sequence: fc.nat(30), vm: fc.integer({ min: 1, max: 2 }), waitMs: fc.nat(60) }),
	);
	fc.assert(
		fc.property(steps, (sent) => {
			const { clock, output, player, frame } = setUp();
			for (const { sequence, vm, waitMs } of sent) {
				player.take(vm, frame(sequence));
				clock.advance(waitMs);
			}
			clock.advance(10_000);
			const heard = output.frames.map(([byte]) => byte ?? -1);
			const account = player.account();
			const isRising = heard.every((byte, at) => at === 0 || byte > (heard[at - 1] ?? -1));
			const last = heard.at(-1) ?? -1;
			return (
				isRising &&
				account.played === heard.length &&
				account.lost === last + 1 - heard.length &&
				account.sent + account.doubled + account.refused === sent.length
			);
		}),
	);
	t.pass();
});
