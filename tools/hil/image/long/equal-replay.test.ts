// One module on two processors: what it did on the one, it does on the other, to the last bit and at the same cost.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import { loadBoard } from '../../../../firmware/image/board.ts';
import { firstBootState } from '../../../../firmware/image/build-image.ts';
import { bundleFirmware } from '../../../../firmware/image/bundle.ts';
import { fetchSources } from '../../../../firmware/image/sources.ts';
import { allImports } from '../../../../modules/probe/testbed.ts';
import { encodeAny } from '../../../../proto/host/codec.ts';
import { prepareComponent } from '../../../../runtime/component/prepare.ts';
import { readRecording } from '../../../../runtime/recording/recording.ts';
import { buildModule } from '../../../build/component.ts';
import { type } from '../../../cli/trial-desk.ts';
import { openBoardRun } from '../../board/board-run.ts';
import { type ClaimOptions, emulatedOffer } from '../../board/claim.ts';
import { requirePrograms } from '../../link/requirements.ts';
import { publishInBox } from '../box-bus.ts';
import { agent, openImageBench } from '../image-bench.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const run = await openBoardRun('equal replay');
const boards = await Promise.all(['qemu-arm64', 'qemu-x86_64'].map(loadBoard));
test.after.always(() => run[Symbol.asyncDispose]());
const orders = [1, 7, 99, 12_345, 4_000_000_000].map((seed) => ({ seed, rounds: 40 }));
/** So many come before it is recorded: what the module has made of them is in the state that its recording begins with. */
const before = 2;
/** Is ended by its budget, at the same instruction everywhere. */
const endless = { seed: 1, rounds: 0 };

interface Played {
	readonly processor: string;
	readonly of: number;
	readonly turns: readonly { readonly fuel: number; readonly outcome: string }[];
	readonly difference?: string;
}

interface Recorded {
	readonly file: string;
	/** What the module said of its sums. */
	readonly said: readonly string[];
}

test('a module does the same on two processors, and either goes on from the state of the other as that did', async (t) => {
	t.timeout(1_200_000);
	await requirePrograms({ 'qemu-aarch64-static': 'qemu-user-static' });
	const folder = await mkdtemp(join(tmpdir(), 'mullion-equal-'));
	t.teardown(() => rm(folder, { recursive: true, force: true }));
	const [built] = await buildModule({ directory: here('../sums') });
	if (built === undefined) return t.fail('the module was not built');
	const module = join(folder, 'sums.wasm');
	await writeFile(module, built.bytes);

	const recorded: Recorded[] = [];
	for (const { name } of boards) recorded.push(await record(t, { name, module: built.bytes, folder }));

	await run.look(t.title, async () => {
		const [first, second] = recorded;
		t.is(first?.said.length, orders.length);
		t.deepEqual(first?.said, second?.said);
		const read = await Promise.all(recorded.map(async ({ file }) => readRecording(await bytesOf(file))));
		const digests = read.map(({ opening }) => opening.digest.toHex());
		t.is(digests[0], digests[1]);
		for (const { state, turns } of read) {
			t.true(state !== undefined);
			t.is(turns.length, orders.length - before + 1);
		}
		const program = join(folder, 'replay.mjs');
		await bundleFirmware({
			file: program,
			entry: here('../replay-here.ts'),
			hasCells: false,
			without: ['@bytecodealliance/jco-transpile'],
		});
		for (const { file } of recorded) {
			const played: Played[] = [];
			for (const board of boards) {
				const command = await nodeOf(board.name);
				const { stdout } = await promisify(execFile)(command[0] ?? '', [
					...command.slice(1),
					program,
					file,
					module,
				]);
				played.push(JSON.parse(stdout));
			}
			t.deepEqual(
				played.map(({ processor }) => processor),
				['arm64', 'x64'],
			);
			for (const { difference, turns, of } of played) {
				t.is(difference, undefined);
				t.is(turns.length, of);
			}
			t.deepEqual(played[0]?.turns, played[1]?.turns);
		}
	});
});

/** The Node of a board's image, on this machine. */
async function nodeOf(name: string): Promise<string[]> {
	const board = await loadBoard(name);
	const { node, debian } = await fetchSources(board);
	return board.architecture === 'arm64' ? ['qemu-aarch64-static', '-L', debian, node] : [node];
}

/** Has a box do its sums, until the last of them is ended by its budget. */
async function record(
	t: ExecutionContext,
	{ name, module, folder }: { readonly name: string; readonly module: Uint8Array; readonly folder: string },
): Promise<Recorded> {
	await using bench = await openImageBench({ board: await loadBoard(name) });
	const image = await bench.build(1, [{ bytes: module }]);
	const wanted: ClaimOptions = { needs: ['power', 'flash'], offers: [await emulatedOffer(name)] };
	return await run.test(`${t.title}: ${name}`, wanted, async (box) => {
		await box.flash(await bench.flashable(image, { bootState: firstBootState(1) }));
		const { schema } = await prepareComponent(module, { provided: allImports });
		const operator = await bench.start(t, box);
		const isUp = 'info box: sums: starting -> running';
		await box.serial.expect(isUp);
		const cwd = join(folder, name);
		await mkdir(cwd);
		const ask = (order: (typeof orders)[number]) =>
			publishInBox(operator, 'sums.order', encodeAny(JSON.parse(schema), 'sums.Order', order));
		const answer = async (order: (typeof orders)[number]): Promise<string> => {
			await ask(order);
			const { groups } = await box.serial.expect(/order (\d+ of [0-9a-f]+)/);
			return groups[0] ?? '';
		};
		const said: string[] = [];
		for (const order of orders.slice(0, before)) said.push(await answer(order));
		const recording = type(
			['record', 'sums', '-o', 'sums.recording', '--broker', bench.broker.url, '--agent', agent],
			{ cwd },
		);
		// It goes on from its state.
		await box.serial.expect(isUp);
		for (const order of orders.slice(before)) said.push(await answer(order));
		await ask(endless);
		const { code, err } = await recording;
		t.is(code, 0, err);
		return { file: join(cwd, 'sums.recording'), said };
	});
}

async function bytesOf(file: string): Promise<Uint8Array> {
	return new Uint8Array(await readFile(file));
}
