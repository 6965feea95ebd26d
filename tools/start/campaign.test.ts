/** Boxes as processes of their own, updated by one command of their operator over a real broker. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { controllerTopic } from '../../firmware/agent/mqtt-transport.ts';
import { releaseTargets } from '../../firmware/slots/release-targets.ts';
import { bootFrom, devicesIn, makeSlotFiles, slotBytes } from '../../firmware/slots/slot-files.fixture.ts';
import { board, imagesOf } from '../../firmware/slots/testbed.fixture.ts';
import { type } from '../cli/trial-desk.ts';
import { Controller } from '../controller/controller.ts';
import { readSlots } from '../controller/firmware-slots.ts';
import { type Headend, startHeadend } from '../headend/headend.ts';
import { BoxProcess } from './box-process.ts';
import { operatorId } from './stage.ts';

const urlFor = (its: string): string => `tuf:firmware/${its}/1.2.0`;
const url = urlFor(board);
const endpointOf = (number: number): string => `os::00D09E-CAMPAIGN-00000${number}`;

/** @param boards those that version 1.2.0 is released for */
async function startOperator(t: ExecutionContext, boards: readonly string[] = [board]) {
	const directory = await mkdtemp(join(tmpdir(), 'mullion-campaign-'));
	t.teardown(() => rm(directory, { recursive: true, force: true }));
	const media = join(directory, 'media');
	await mkdir(media);
	const headend = await startHeadend({ directory, media, networks: [] });
	t.teardown(() => headend.close());
	const images = imagesOf(2);
	const made = { version: '1.2.0', release: 2, slotBytes, images };
	for (const target of boards.flatMap((each) => releaseTargets({ ...made, board: each })))
		await headend.repository.addTarget(target);
	const { broker, repositoryDirectory } = headend;
	return {
		headend,
		directory,
		typed: (...argv: string[]) =>
			type([...argv, '--broker', broker, '--repository', repositoryDirectory, '--json'], { cwd: directory }),
	};
}

interface BoxOptions {
	readonly headend: Headend;
	/** Of all boxes. */
	readonly directory: string;
	readonly number: number;
	/** What it says that it is. */
	readonly isBoard?: string;
}

/** A box that is started again whenever it ends, as an image would be, and found good by two checks. */
async function keepUp(t: ExecutionContext, { headend, directory, number, isBoard = board }: BoxOptions) {
	const folder = join(directory, `box-${number}`);
	const slots = join(folder, 'slots');
	await makeSlotFiles(slots);
	const root = join(folder, 'root.json');
	await writeFile(root, await headend.repository.rootJson());
	const config = {
		endpointId: endpointOf(number),
		state: join(folder, 'state'),
		broker: headend.broker,
		controllers: [{ endpointId: operatorId, topic: controllerTopic(operatorId) }],
		acceptTools: 'self::mullion-',
		root,
		networks: [],
	};
	const start = async (): Promise<BoxProcess> => {
		const slot = await bootFrom(slots);
		const release = slot === 'a' ? 1 : 2;
		const trial = { everyMs: 100, needed: 2 };
		const image = {
			board: isBoard,
			version: `1.${release}.0`,
			release,
			slot,
			devices: devicesIn(slots),
			trial,
		};
		return BoxProcess.start({ directory: folder, config, image });
	};
	let isOver = false;
	let box = await start();
	const lives = (async () => {
		for (await box.exited; !isOver; await box.exited) box = await start();
	})();
	t.teardown(async () => {
		isOver = true;
		await box.kill();
		await lives;
	});
}

/** Versions that run and are good, by box. */
async function versionsOf({ broker }: Headend, numbers: readonly number[]): Promise<string[]> {
	return Promise.all(
		numbers.map(async (number) => {
			await using box = await Controller.connect({ broker, agent: endpointOf(number) });
			await box.reach();
			const running = (await readSlots(box)).find(
				({ status, isOnTrial }) => status === 'Active' && !isOnTrial,
			);
			return running?.version ?? '';
		}),
	);
}

test('three boxes are updated in one campaign, and the next one has nothing to do', async (t) => {
	const { headend, directory, typed } = await startOperator(t);
	for (const number of [1, 2, 3]) await keepUp(t, { headend, directory, number });
	await writeFile(
		join(directory, 'boxes.txt'),
		`# at the lab\n${endpointOf(1)}\n\n${endpointOf(2)} # in the hall\n${endpointOf(3)}\n`,
	);

	const { code, json, err } = await typed('campaign', '1.2.0', '--boxes', 'boxes.txt');
	t.is(code, 0, err);
	const boxes = [1, 2, 3].map((number) => ({ agent: endpointOf(number), action: 'upgraded', url }));
	t.deepEqual(json(), { boxes });
	t.deepEqual(await versionsOf(headend, [1, 2, 3]), ['1.2.0', '1.2.0', '1.2.0']);

	const again = await typed('campaign', '--boxes', 'boxes.txt');
	t.is(again.code, 0, again.err);
	t.deepEqual(again.json(), { boxes: boxes.map((box) => ({ ...box, action: 'unchanged' })) });
});

test('a box that is away is left out; one that fails stops the campaign before the next, and both are told', async (t) => {
	const { headend, directory, typed } = await startOperator(t);
	await keepUp(t, { headend, directory, number: 1 });
	await keepUp(t, { headend, directory, number: 2, isBoard: 'rock64' });
	await keepUp(t, { headend, directory, number: 3 });
	const boxes = [9, 1, 2, 3].flatMap((number) => ['--box', endpointOf(number)]);

	// A release that is named by its URL is for whatever box is named with it.
	const { code, out } = await typed('campaign', url, ...boxes, '--within', '2', '--at-a-time', '1');
	t.is(code, 1);
	const [result, failure] = out.split('\n').map((line) => (line === '' ? undefined : JSON.parse(line)));
	t.like(result, {
		boxes: [
			{ agent: endpointOf(9), action: 'away' },
			{ agent: endpointOf(1), action: 'upgraded' },
			{ agent: endpointOf(2), action: 'failed', code: 'wrong-board' },
			{ agent: endpointOf(3), action: 'left' },
		],
	});
	t.like(failure, {
		error: { code: 'campaign-failed', message: '1 of 4 boxes failed, and 1 were left alone' },
	});
	t.deepEqual(await versionsOf(headend, [1, 2, 3]), ['1.2.0', '1.1.0', '1.1.0']);

	const away = await typed('campaign', '--box', endpointOf(1), '--box', endpointOf(9), '--within', '1');
	t.is(away.code, 3);
	t.regex(away.out, /"boxes-away"/);
});

test('one campaign brings each of three boards its own release, and tells the box whose board has none', async (t) => {
	const boards = ['gateway', 'handset', 'tv'];
	const { headend, directory, typed } = await startOperator(t, boards);
	for (const [at, isBoard] of [...boards, 'rock64'].entries())
		await keepUp(t, { headend, directory, number: at + 1, isBoard });
	const boxes = [4, 1, 2, 3].flatMap((number) => ['--box', endpointOf(number)]);

	const { code, out, err } = await typed('campaign', '1.2.0', ...boxes);
	t.is(code, 1, err);
	const [result, failure] = out.split('\n').map((line) => (line === '' ? undefined : JSON.parse(line)));
	t.deepEqual(result, {
		boxes: [
			{
				agent: endpointOf(4),
				action: 'unreleased',
				code: 'unknown-release',
				message: 'the repository has no firmware 1.2.0 for rock64; sign one with npx mullion release DIR',
			},
			...boards.map((each, at) => ({ agent: endpointOf(at + 1), action: 'upgraded', url: urlFor(each) })),
		],
	});
	t.like(failure, { error: { code: 'boxes-unreleased' } });
	t.deepEqual(await versionsOf(headend, [1, 2, 3, 4]), ['1.2.0', '1.2.0', '1.2.0', '1.1.0']);

	const alone = await typed('upgrade', '1.2.0', '--agent', endpointOf(3));
	t.like(alone.json(), { url: urlFor('tv'), action: 'unchanged' });
	t.like((await typed('upgrade', '--agent', endpointOf(4))).json(), { error: { code: 'unknown-release' } });
});

test('a campaign for nobody, for what is no box and from no file is refused', async (t) => {
	const { typed } = await startOperator(t);

	for (const argv of [[], ['--box', 'the one in the hall'], ['--box', endpointOf(1), '--first', 'all']]) {
		const { code, json } = await typed('campaign', ...argv);
		t.is(code, 2);
		t.like(json(), { error: { code: 'usage' } });
	}
	t.like((await typed('campaign', '--boxes', 'nowhere.txt')).json(), { error: { code: 'no-such-file' } });
});
