// The power goes at any moment of an install, an update or a removal: the box has the modules from before or those from after.
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { openDirectory } from '../../../firmware/hal/directory.ts';
import { ModuleStore } from '../../../runtime/module/store.ts';
import { appendSections } from '../../build/section.ts';
import { ControllerError } from '../../controller/controller-error.ts';
import { seededRandom } from '../link/random.ts';
import type { Ending } from './operated-box.ts';
import { TestBox } from './test-box.ts';
import { withManifest } from './variant.ts';

const rounds = 20;
const box = await TestBox.start({ deadlineMs: 1000 });
const { built } = box.probe;
await box.install(await box.publish(built));
const versions = ['1.0.0', '2.0.0'];
const urls = new Map<string, string>();
for (const version of versions) {
	const bytes = withManifest(built.bytes, (manifest) => ({
		...manifest,
		name: 'cut',
		version,
		subscribes: { 'cut.echo': 'probe.Word' },
	}));
	// Large enough that the power often goes while it is on its way.
	const padded = appendSections(bytes, new Map([['padding', new Uint8Array(400_000)]]));
	urls.set(version, await box.sign(padded, `modules/cut-${version}.wasm`));
}

test.after.always(() => box[Symbol.asyncDispose]());

interface Step {
	readonly name: string;
	/** The version that is installed once it is done; empty for none. */
	readonly to: string;
	readonly run: () => Promise<Ending>;
}

/** What can be done now that this version is installed. */
function stepsFrom(installed: string): Step[] {
	const urlOf = (version: string): string => urls.get(version) ?? '';
	if (installed === '')
		return versions.map((to) => ({ name: 'install', to, run: () => box.install(urlOf(to)) }));
	const to = versions.find((version) => version !== installed) ?? '';
	return [
		{ name: 'update', to, run: () => box.update('cut', urlOf(to)) },
		{ name: 'remove', to: '', run: () => box.uninstall('cut') },
	];
}

async function installed(): Promise<string> {
	const cut = (await box.modules()).find((module) => module.startsWith('cut '));
	return cut?.slice('cut '.length) ?? '';
}

/** Undefined for a command that the box had not yet answered when its power went. */
async function ended(command: Promise<Ending>): Promise<Ending | undefined> {
	try {
		return await command;
	} catch (error) {
		if (error instanceof ControllerError && error.code === 'no-answer') return undefined;
		throw error;
	}
}

async function isIdle(): Promise<void> {
	while ((await box.stage.operator.instances('Device.LocalAgent.Request.')).length > 0) await pause(20);
}

/** Reads everything that a box would find after one more power cut. */
async function verifyStore(t: ExecutionContext, version: string): Promise<void> {
	const copy = await mkdtemp(join(tmpdir(), 'mullion-store-'));
	await cp(join(box.directory, 'box', 'state', 'modules'), copy, { recursive: true });
	const store = await ModuleStore.open({ directory: await openDirectory(copy) });
	for (const unit of store.units()) t.true((await store.get(unit.digest)).length > 0);
	t.is(store.unit('cut')?.version ?? '', version);
	t.is(store.unit('probe')?.version, built.version);
	await rm(copy, { recursive: true });
}

/** Milliseconds that a whole install takes here and now. */
async function installMs(): Promise<number> {
	const startedAt = performance.now();
	await box.install(urls.get('1.0.0') ?? '');
	return performance.now() - startedAt;
}

test.serial('whenever the power goes, modules are whole and every accepted command ends once', async (t) => {
	const random = seededRandom(11);
	const wholeMs = await installMs();
	let accepted = 2;
	let done = 0;
	const recoveries: number[] = [];
	for (let round = 0; round < rounds; round++) {
		const before = await installed();
		const steps = stepsFrom(before);
		const step = steps[Math.floor(random() * steps.length)] as Step;
		const afterMs = random() * wholeMs * 1.2;
		const what = `round ${round}: ${step.name} ${before} -> ${step.to}, cut after ${afterMs.toFixed(1)} ms`;

		const command = ended(step.run());
		await pause(afterMs);
		await box.stage.powerCut();
		const cutAt = performance.now();
		await box.stage.powerOn();
		recoveries.push(performance.now() - cutAt);
		const ending = await command;
		await isIdle();

		const after = await installed();
		if (ending === undefined) t.true([before, step.to].includes(after), `${what}: is ${after}`);
		else {
			accepted++;
			t.deepEqual([ending, after], [{ fault: 0, code: '' }, step.to], what);
		}
		if (after === step.to) done++;
		await box.echo();
		if (after !== '') await box.echo('cut.echo');
		await verifyStore(t, after);
	}
	await box.ends.count(accepted);
	t.deepEqual(
		[...box.ends.all.values()].filter(({ length }) => length !== 1),
		[],
	);
	recoveries.sort((a, b) => a - b);
	const ms = (share: number): string => (recoveries[Math.floor(share * (rounds - 1))] ?? 0).toFixed(0);
	t.log(`${done} of ${rounds} took effect; served again after ${ms(0.5)} ms, at most ${ms(1)} ms`);
});
