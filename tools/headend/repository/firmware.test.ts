/** Firmware from a real repository to a slot that was found good, as a controller sees it. */
import test, { type ExecutionContext } from 'ava';
import { FirmwareManager } from '../../../firmware/box/firmware-manager.ts';
import { imageOf } from '../../../firmware/slots/image.fixture.ts';
import { makeDelta } from '../../../firmware/slots/make-delta.ts';
import { releaseTargets } from '../../../firmware/slots/release-targets.ts';
import { board, imagesOf, SlotBox } from '../../../firmware/slots/testbed.fixture.ts';
import { ManualClock } from '../../../runtime/manual-clock.ts';
import { startBox } from './trusting-box.ts';

const slotBytes = { boot: 200_000, root: 1_500_000 };
const signal = new AbortController().signal;
const url = (release: number): string => `tuf:firmware/${board}/1.${release}.0`;

async function start(t: ExecutionContext) {
	const { repository, trust, reader, publish } = await startBox(t);
	const box = new SlotBox();
	const notes: string[] = [];
	/** Signs a release, with a patch from release 1 to its root image if asked for. */
	const offer = async (release: number, { isPatched = false, name = board } = {}) => {
		const images = imagesOf(release);
		const base = imagesOf(1).root;
		const patch = isPatched ? [await makeDelta(base, images.root, { level: 1 })] : [];
		const deltas = patch.map((patch) => ({ partition: 'root' as const, base: imageOf(base).sha256, patch }));
		const version = `1.${release}.0`;
		for (const target of releaseTargets({ board: name, version, release, slotBytes, images, deltas }))
			await repository.addTarget(target);
		await publish();
	};
	const boot = async () => {
		const { slot, updater, report } = await box.boot();
		const manager = await FirmwareManager.open({
			updater,
			report,
			board,
			version: slot === 'a' ? '1.1.0' : '1.2.0',
			release: slot === 'a' ? 1 : 2,
			home: { ask: async () => 'unanswered', tell: () => undefined },
			trust,
			reader,
			clock: new ManualClock(),
			restart: async () => undefined,
			isIdle: () => true,
			// How far it is, is told all the time.
			onNote: (note) => void (note.includes(' bytes') || notes.push(note)),
		});
		return { slot, manager, updater };
	};
	/** Time passes while something is waited for. */
	const during = async <Result>(work: Promise<Result>): Promise<Result> => {
		let isOver = false;
		const end = work.finally(() => {
			isOver = true;
		});
		end.catch(() => undefined);
		while (!isOver) {
			await new Promise((resolve) => setImmediate(resolve));
			box.clock.advance(100);
		}
		return end;
	};
	/** Asks for an activation, up to the restart. */
	const activated = async (manager: FirmwareManager): Promise<void> => {
		const restarts = box.restarts;
		manager.activate({ slot: 'b', isResumed: false, signal }).catch(() => undefined);
		while (box.restarts === restarts) await new Promise((resolve) => setImmediate(resolve));
	};
	return { box, notes, offer, boot, during, activated, reader };
}

test('a signed release is downloaded, activated, and good once the box was found healthy', async (t) => {
	const { offer, boot, activated, during, notes, box } = await start(t);
	await offer(2);
	const old = await boot();
	await old.manager.download({ slot: 'b', url: url(2), signal });
	box.releases.set('b', 2);
	t.like(await old.manager.list(), [
		{ slot: 'a', version: '1.1.0', status: 'active', isNext: true },
		{ slot: 'b', version: '1.2.0', status: 'available', isAvailable: true, isNext: false },
	]);
	await activated(old.manager);

	const next = await boot();
	t.is(next.slot, 'b');
	t.true(await next.manager.wasTried('b'));
	t.like(await next.manager.list(), [{ isOnTrial: false }, { slot: 'b', isOnTrial: true }]);
	await during(next.manager.activate({ slot: 'b', isResumed: true, signal }));

	t.like(await next.manager.list(), [
		{ slot: 'a', version: '1.1.0', status: 'available', isAvailable: true },
		{ slot: 'b', version: '1.2.0', status: 'active', isNext: true, isOnTrial: false },
	]);
	t.is(next.updater.floor, 2);
	t.deepEqual(notes, ['the firmware that runs was found healthy']);
});

test('a release that was given back ends its activation with what went wrong, and is told once', async (t) => {
	const { offer, boot, activated, notes, box } = await start(t);
	await offer(2);
	const old = await boot();
	await old.manager.download({ slot: 'b', url: url(2), signal });
	await activated(old.manager);
	for (const _ of [1, 2, 3]) await box.boot();

	const back = await boot();

	const told = '1.2.0 in slot b was given back after 3 starts: started';
	t.deepEqual(notes, [told]);
	t.like(await back.manager.list(), [
		{ slot: 'a', status: 'active', isNext: true },
		{ slot: 'b', status: 'activation-failed', isAvailable: false, failure: told },
	]);
	t.true(await back.manager.wasTried('b'));
	await t.throwsAsync(back.manager.activate({ slot: 'b', isResumed: true, signal }), {
		code: 'activation-failed',
		message: told,
	});
	await boot();
	t.deepEqual(notes, [told]);

	await back.manager.download({ slot: 'b', url: url(2), signal });
	t.like((await back.manager.list())[1], { status: 'available', failure: '' });
	t.false(await back.manager.wasTried('b'));
});

test('a patch that the repository signs is used', async (t) => {
	const { offer, boot, reader, notes } = await start(t);
	await offer(2, { isPatched: true });
	const { manager } = await boot();

	await manager.download({ slot: 'b', url: url(2), signal });

	const asked = (end: string): number => reader.requests.filter(({ path }) => path.endsWith(end)).length;
	t.true(asked('.delta') > 0);
	t.is(asked('root.img'), 0);
	t.deepEqual(notes, []);
});

test('what is not signed, not for this box, or not to be written is refused, and the box says so', async (t) => {
	const { offer, boot, box } = await start(t);
	await offer(2);
	await offer(3, { name: 'other' });
	const { manager } = await boot();
	const download = (to: string, slot = 'b') => manager.download({ slot, url: to, signal });
	const status = async () => (await manager.list())[1]?.status;

	await t.throwsAsync(download(url(2), 'a'), { code: 'slot-in-use' });
	await t.throwsAsync(download('https://example.org/x'), { code: 'insecure' });
	await t.throwsAsync(download(url(9)), { code: 'unknown-target' });
	t.is(await status(), 'download-failed');
	await t.throwsAsync(download('tuf:firmware/other/1.3.0'), { code: 'wrong-board' });
	t.is(await status(), 'validation-failed');
	box.slots.b.root.failAfter('write', 0);
	await t.throwsAsync(download(url(2)), { code: 'write-failed' });
	t.is(await status(), 'installation-failed');
	await t.throwsAsync(manager.activate({ slot: 'b', isResumed: false, signal }), {
		code: 'nothing-installed',
	});
});
