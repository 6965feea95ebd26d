// The power goes at any write to the data partition, with what the disk had not flushed: nothing that was told is lost.
import { copyFile, type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { factoryFirmware } from '../../../../firmware/box/factory-firmware.ts';
import type { FactoryFirmware } from '../../../../firmware/factory/factory-modules.ts';
import { firstBootState } from '../../../../firmware/image/build-image.ts';
import { stageModules } from '../../../../firmware/image/factory-modules.ts';
import { partitionsOf } from '../../../../firmware/image/partitions.ts';
import { Staging } from '../../../../firmware/image/staging.ts';
import { makeProbe } from '../../../../modules/probe/testbed.ts';
import { CrashDisk } from '../../board/crash-disk.ts';
import { type CrashState, crashStates } from '../../board/crash-states.ts';
import { WriteLog } from '../../board/write-log.ts';
import { seededRandom } from '../../link/random.ts';
import { keptByBox } from '../cuts/box-talk.ts';
import { CutData } from '../cuts/cut-data.ts';
import { Diary } from '../cuts/diary.ts';
import { faultIn } from '../cuts/expected-data.ts';
import { publishGuest } from '../cuts/guest.ts';
import { pairModules } from '../cuts/journal-pair.ts';
import { type Fact, work } from '../cuts/work.ts';
import { worstStates } from '../cuts/worst-states.ts';
import { openImageRun } from '../image-run.ts';

const tornStates = 500;
/** Of a disk that says it has flushed and has not. */
const lyingStates = 30;
const startedStates = 5;

interface Recorded {
	readonly diary: Diary<Fact>;
	readonly writes: WriteLog;
	readonly base: FileHandle;
	readonly data: CutData;
}

const run = await openImageRun('power cuts and data');
const { bench } = run;
const probe = await makeProbe();
const carried = [probe.built.bytes, ...pairModules(probe.built.bytes)].map((bytes) => ({ bytes }));
const image = await bench.build(1, carried);
const flashable = await bench.flashable(image, { bootState: firstBootState(1) });
const baseFile = flashable.disk ?? '';
const opened = new AsyncDisposableStack();
let recorded: Recorded;
test.after.always(async () => {
	await opened[Symbol.asyncDispose]();
	await run[Symbol.asyncDispose]();
});

/** What the firmware of the image says that it carries, with files that are here. */
async function carriedBy(folder: string): Promise<FactoryFirmware> {
	const modules = (await stageModules(new Staging(folder), carried)).map(({ code: _, ...module }) => ({
		...module,
		file: join(folder, module.file),
	}));
	const firmware = factoryFirmware({ release: image.release, version: image.version, modules });
	if (firmware === undefined) throw new Error('it carries nothing');
	return firmware;
}

const states = (torn: number, { isLying = false } = {}): AsyncGenerator<CrashState> =>
	crashStates({ log: recorded.writes, torn, random: seededRandom(41), isLying });

test.serial('modules come and go while services are at work, and every write is recorded', async (t) => {
	t.timeout(600_000);
	const log = join(bench.folder, 'writes');
	const { start = 0, size = 0 } = partitionsOf(bench.board).find(({ name }) => name === 'data') ?? {};
	await publishGuest(bench.repository, probe);
	await run.test(t.title, { needs: ['power', 'flash', 'write-log'] }, async (box) => {
		await box.flash(flashable);
		await box.storage.record(log);
		const operator = await bench.start(t, box);
		const diary = opened.use(new Diary<Fact>(log));
		await work({ operator, probe, note: (fact) => diary.note(fact), guest: '', changes: 6 });
		await box.storage.stopRecording();
		const writes = opened.use(await WriteLog.open(log));
		const base = opened.use(await open(baseFile));
		const range = { offset: start, length: size };
		const rootJson = await bench.repository.rootJson();
		const firmware = await carriedBy(join(bench.folder, 'carried'));
		const about = { base, baseFile, range, folder: bench.folder, probe, firmware, rootJson };
		const data = await CutData.open(about);
		recorded = { diary, writes, base, data: opened.use(data) };
		t.pass();
	});
});

test.serial('after each write, and with any since the last flush lost or torn, all is there', async (t) => {
	t.timeout(7_200_000);
	const { data, diary } = recorded;
	await run.look(t.title, async (record) => {
		const faults: string[] = [];
		let count = 0;
		for await (const state of states(tornStates)) {
			count++;
			const fault = await data.faultIn(state, diary.until(state.entries));
			if (fault !== undefined) faults.push(`${state.name}: ${fault}`);
		}
		record.figure('states', `${count}, ${tornStates} of them torn`);
		record.figure('different contents that a platform was opened on', `${data.contents}`);
		record.figure('whose superblock was torn, and mended', `${data.mended}`);
		record.figure('with something lost or half done', `${faults.length}`);
		t.log(record.figures);
		t.deepEqual(faults, []);
	});
});

test.serial('what a disk loses that only says it has flushed is found out by the same look', async (t) => {
	t.timeout(1_200_000);
	const { data, diary } = recorded;
	await run.look(t.title, async (record) => {
		let faults = 0;
		for await (const state of states(lyingStates, { isLying: true })) {
			if (state.losses === 0) continue;
			if ((await data.faultIn(state, diary.until(state.entries))) !== undefined) faults++;
		}
		record.figure('states that were found out', `${faults} of ${lyingStates}`);
		t.log(record.figures);
		t.true(faults > 0);
	});
});

test.serial('a box that starts from the worst of these states has all that it must have', async (t) => {
	t.timeout(1_800_000);
	const { base, diary, writes } = recorded;
	for (const state of await worstStates(states(tornStates), {
		count: startedStates,
		entries: writes.entries,
	})) {
		const disk = join(bench.folder, 'cut.img');
		await copyFile(baseFile, disk);
		await using copy = await open(disk, 'r+');
		await new CrashDisk({ copy, base }).become(state);
		await run.test(`${t.title}: ${state.entries}`, { needs: ['power', 'flash'] }, async (box) => {
			await box.flash({ ...flashable, disk });
			const operator = await bench.start(t, box);
			const kept = await keptByBox({ operator, probe });
			t.is(faultIn(kept, diary.until(state.entries)), undefined, state.name);
		});
	}
});
