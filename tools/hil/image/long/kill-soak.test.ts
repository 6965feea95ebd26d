// The power goes again and again, at random, and the disk loses what it had not flushed: the box comes back by itself.
import { copyFile, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { firstBootState } from '../../../../firmware/image/build-image.ts';
import { makeProbe } from '../../../../modules/probe/testbed.ts';
import type { Controller } from '../../../controller/controller.ts';
import type { Board } from '../../board/board.ts';
import { seededRandom } from '../../link/random.ts';
import { isIdle, keptByBox } from '../cuts/box-talk.ts';
import { CutBox } from '../cuts/cut-box.ts';
import { CutSlots } from '../cuts/cut-slots.ts';
import { faultIn } from '../cuts/expected-data.ts';
import { type GuestVersion, guestName, publishGuest } from '../cuts/guest.ts';
import { pairModules } from '../cuts/journal-pair.ts';
import { type Fact, work } from '../cuts/work.ts';
import { openImageRun } from '../image-run.ts';

/** Half of them while modules come and go, half while firmware is updated. */
const kills = Number(process.env['MULLION_KILLS'] ?? 20);
/** Every so many-th life is cut before anybody can have heard of it. */
const early = { every: 5, mostMs: 8000 };
const workMs = 8000;
/** Download, start and trial together take about this long. */
const updateMs = 40_000;
const longestMs = 7_200_000;

const run = await openImageRun('kill soak');
const { bench } = run;
const probe = await makeProbe();
const modules = [probe.built.bytes, ...pairModules(probe.built.bytes)].map((bytes) => ({ bytes }));
const old = await bench.build(1, modules);
const next = await bench.build(2, modules);
const url = await bench.publish(next);
await publishGuest(bench.repository, probe);
const flashable = await bench.flashable(old, { bootState: firstBootState(1) });
const random = seededRandom(Number(process.env['MULLION_SEED'] ?? Date.now() % 65_536));
test.after.always(() => run[Symbol.asyncDispose]());

interface Soak {
	readonly box: Board;
	readonly disk: string;
	readonly cutBox: CutBox;
	readonly operator: Controller;
	/** Switches it on, and waits until it is there or, every few times, does not. */
	on(isCalm?: boolean): Promise<'there' | 'cut'>;
}

/** Has a box of its own, and an operator that stays over all its lives. */
async function soak(t: ExecutionContext, use: (soak: Soak) => Promise<void>): Promise<void> {
	t.timeout(longestMs);
	await run.test(t.title, { needs: ['power', 'flash', 'watchdog', 'write-log'] }, async (box) => {
		const disk = join(bench.folder, 'soaked.img');
		await copyFile(flashable.disk ?? '', disk);
		const cutBox = new CutBox({ box, image: { ...flashable, disk }, folder: bench.folder, random });
		const operator = await bench.operator(20_000);
		t.teardown(() => operator.close());
		let lives = 0;
		const on = async (isCalm = false): Promise<'there' | 'cut'> => {
			const { promise: isThere, resolve } = Promise.withResolvers<void>();
			const stop = operator.onConnected(resolve);
			await cutBox.on();
			if (!isCalm && ++lives % early.every === 0) {
				await pause(random() * early.mostMs);
				await cutBox.cut();
				stop();
				return 'cut';
			}
			await isThere;
			stop();
			return 'there';
		};
		await use({ box, disk, cutBox, operator, on });
		t.log(`${cutBox.cuts} cuts, in which ${cutBox.losses} writes were lost or torn`);
	});
}

test.serial('killed while modules come and go, a box loses nothing that it has told', async (t) => {
	await soak(t, async ({ cutBox, operator, on }) => {
		let facts: Fact[] = [];
		let base = { left: 0, right: 0 };
		let working: Promise<unknown> = Promise.resolve();
		for (let isLast = false; ; isLast = cutBox.cuts >= kills / 2) {
			if ((await on(isLast)) === 'cut') continue;
			// What was asked before the cut is answered by the next life, or never.
			await working;
			await isIdle(operator);
			const kept = await keptByBox({ operator, probe });
			const had = { left: kept.had.left - base.left, right: kept.had.right - base.right };
			t.is(faultIn({ ...kept, had }, facts), undefined, `after ${cutBox.cuts} cuts`);
			if (isLast) return;
			base = { left: kept.had.left + kept.questions, right: kept.had.right + kept.questions };
			const guest = guestIn(kept.modules);
			const told: Fact[] = [{ kind: 'reached', version: guest }];
			facts = told;
			const note = (fact: Fact): void => {
				told.push(fact.kind === 'answered' ? { ...fact, count: fact.count - base[fact.of] } : fact);
			};
			const cut = new AbortController();
			working = work({ operator, probe, note, guest, signal: cut.signal }).catch(() => undefined);
			await pause(random() * workMs);
			cut.abort();
			await cutBox.cut();
		}
	});
});

function guestIn(modules: readonly string[]): GuestVersion {
	const [, version = ''] = modules.find((module) => module.startsWith(`${guestName} `))?.split(' ') ?? [];
	return version as GuestVersion;
}

test.serial('killed while its firmware is updated, a box always starts a whole release', async (t) => {
	const releases = new Map([old, next].map((image) => [image.release, image]));
	await soak(t, async ({ box, disk, cutBox, operator, on }) => {
		for (let isLast = false; ; isLast = cutBox.cuts >= kills / 2) {
			const became = await on(isLast);
			if (became === 'there') {
				const images = await operator.get(['Device.DeviceInfo.FirmwareImage.']);
				const other = Object.entries(images).find(
					([, { Status }]) => Status !== undefined && Status !== 'Active',
				);
				const requests = await operator.instances('Device.LocalAgent.Request.');
				if (requests.length === 0 && !isLast)
					operator
						.operate(`${other?.[0]}Download()`, { URL: url, AutoActivate: 'true' })
						.catch(() => undefined);
				if (isLast) break;
				await pause(random() * updateMs);
				await cutBox.cut();
			}
			await using base = await open(disk);
			const slots = new CutSlots({ board: bench.board, base, releases });
			t.is(await slots.faultIn(), undefined, `after ${cutBox.cuts} cuts`);
		}
		const said = await readFile(box.serial.logFile, 'utf8');
		t.log(`${said.match(/was found healthy/g)?.length ?? 0} updates were found healthy`);
		const { modules: kept, complaints } = await keptByBox({ operator, probe });
		t.deepEqual([kept.length, complaints], [modules.length, []]);
	});
});
