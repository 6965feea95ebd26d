import test from 'ava';
import fc from 'fast-check';
import { CodedError } from '../../runtime/error.ts';
import { boardNames } from '../image/board.ts';
import { content, imageOf } from './image.fixture.ts';
import { releaseTargets } from './update-manifest.fixture.ts';
import { parseUpdate, releasesFor } from './update-manifest.ts';

const images = { boot: content(1000, 1), root: content(2000, 2) };
const targets = releaseTargets({ release: 7, images });
const demand = { board: 'qemu-arm64', floor: 7 };

/** The pair with a part of both manifests replaced. */
function changed(changes: Readonly<Record<string, unknown>>) {
	return targets.map((target) => ({
		...target,
		custom: { firmware: { ...(target.custom['firmware'] as object), ...changes } },
	}));
}

test('a release is its two images, each with where it is', (t) => {
	const base = '0'.repeat(64);
	const deltas = [{ partition: 'root' as const, base, patch: content(10) }];
	const release = releaseTargets({ release: 7, images, deltas }).slice(1);

	t.deepEqual(parseUpdate(release, demand), {
		board: 'qemu-arm64',
		version: '1.7.0',
		release: 7,
		parts: {
			boot: { ...imageOf(images.boot), file: targets[0]?.file ?? '' },
			root: { ...imageOf(images.root), file: targets[1]?.file ?? '' },
		},
		deltas: [{ partition: 'root', base, path: 'firmware/qemu-arm64/1.7.0/root-from-0000000000000000.delta' }],
	});
});

test('a release is for any board that is described', async (t) => {
	for (const board of await boardNames()) {
		const release = releaseTargets({ release: 7, board, images });
		t.is(parseUpdate(release, { ...demand, board }).board, board);
	}
});

test('a box finds the releases for its board, the newest first', (t) => {
	const others = [{ ...targets[0], custom: { name: 'clock' } } as (typeof targets)[number]];
	const all = [
		...others,
		...targets,
		...releaseTargets({ release: 12, images }),
		...releaseTargets({ release: 99, board: 'other', images }),
	];

	t.deepEqual(
		releasesFor('qemu-arm64', all).map(({ release, targets }) => [release, targets.length]),
		[
			[12, 2],
			[7, 2],
		],
	);
	t.deepEqual(releasesFor('nothing', all), []);
});

test('firmware for another board, and one that is older than the floor, are refused', (t) => {
	t.throws(() => parseUpdate(targets, { ...demand, board: 'other' }), { code: 'wrong-board' });
	t.throws(() => parseUpdate(targets, { ...demand, floor: 8 }), { code: 'downgrade-refused' });
});

test('a manifest that is incomplete or contradicts itself is refused, saying what is wrong', (t) => {
	const [boot, root] = targets as [(typeof targets)[number], (typeof targets)[number]];
	const [part] = (boot.custom['firmware'] as { parts: object[] }).parts;
	const wrong: [string, readonly (typeof targets)[number][]][] = [
		['no target', []],
		['root', [boot]],
		['boot', [root]],
		['same manifest', [boot, ...releaseTargets({ release: 8, images }).slice(1)]],
		['release', changed({ release: '7' })],
		['release', changed({ release: 7.5 })],
		['version', changed({ version: '' })],
		['board', changed({ board: undefined })],
		['parts', changed({ parts: [part] })],
		['parts', changed({ parts: [part, part] })],
		['parts', changed({ parts: {} })],
		['partition', changed({ parts: [{ ...part, partition: 'data' }] })],
		['sha256', changed({ parts: [{ ...part, sha256: 'A'.repeat(64) }] })],
		['slot', changed({ slotBytes: { boot: 999, root: 2000 } })],
		['boot', changed({ slotBytes: 5000 })],
		['deltas', changed({ deltas: 'x' })],
		['base', changed({ deltas: [{ partition: 'boot', base: 1, path: 'x' }] })],
		['path', changed({ deltas: [{ partition: 'boot', base: '0'.repeat(64), path: '' }] })],
		['board', targets.map((target) => ({ ...target, custom: {} }))],
	];
	for (const [what, release] of wrong) {
		t.throws(() => parseUpdate(release, demand), { code: 'bad-update', message: new RegExp(what) });
	}
});

test('whatever stands in a manifest, the answer is an update or an error with a code', (t) => {
	fc.assert(
		fc.property(fc.object({ key: fc.constantFrom('board', 'release', 'parts', 'x') }), (firmware) => {
			const hostile = targets.map((target) => ({ ...target, custom: { firmware } }));
			t.true(Array.isArray(releasesFor('qemu-arm64', hostile)));
			const error = t.throws(() => parseUpdate(hostile, demand));
			t.true(error instanceof CodedError);
		}),
	);
});

test('fields of later versions are passed over', (t) => {
	t.is(parseUpdate(changed({ rings: [1, 2] }), demand).release, 7);
});
