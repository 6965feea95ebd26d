// A box among wrong surroundings: data that is not its own or no data, and clocks that are off.
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { firstBootState } from '../../../../firmware/image/build-image.ts';
import { makeData } from '../../../../firmware/image/data-file-system.ts';
import { makeProbe } from '../../../../modules/probe/testbed.ts';
import type { Controller } from '../../../controller/controller.ts';
import { ControllerError } from '../../../controller/controller-error.ts';
import { moduleTarget } from '../../../headend/repository/module-target.ts';
import { type NewTarget, Repository } from '../../../headend/repository/repository.ts';
import type { Board } from '../../board/board.ts';
import { withManifest } from '../../box/variant.ts';
import { askBox, publishInBox } from '../box-bus.ts';
import { areSettled, echo } from '../cuts/box-talk.ts';
import { agent } from '../image-bench.ts';
import { openImageRun } from '../image-run.ts';

const dayMs = 86_400_000;
const modules = 'Device.SoftwareModules.';
const run = await openImageRun('surroundings');
const { bench } = run;
const probe = await makeProbe();
const image = await bench.build(1, [probe.built]);
const [pushed, next] = ['pushed', 'next'].map((name) => ({
	...moduleTarget({ ...probe.built.manifest, name }),
	bytes: withManifest(probe.built.bytes, (manifest) => ({
		...manifest,
		name,
		publishes: {},
		subscribes: { [`${name}.echo`]: 'probe.Word' },
	})),
})) as [NewTarget, NewTarget];
test.after.always(() => run[Symbol.asyncDispose]());

test.serial(
	'a box whose data partition is unreadable comes to its cloud without it, tells, and leaves it as it is',
	async (t) => {
		const garbage = new Uint8Array(1_048_576).fill(0xa5);
		await comesWithout(t, { data: garbage, said: 'the data partition cannot be used' });
	},
);

test.serial('a box does not take the data of another one for its own', async (t) => {
	const folder = join(bench.folder, 'another');
	const data = join(bench.folder, 'another.img');
	await mkdir(folder);
	const endpointId = 'os::00D09E-ANOTHER-000001';
	await makeData({ board: bench.board, config: { endpointId }, folder, file: data, builtAt: 1 });
	await comesWithout(t, { data, said: `the data partition is of another box: ${endpointId}` });
});

/** The operator of a box with this data partition hears what is wrong with it, again after a restart. */
async function comesWithout(
	t: ExecutionContext,
	{ data, said }: { readonly data: string | Uint8Array; readonly said: string },
): Promise<void> {
	await run.test(t.title, { needs: ['power', 'flash', 'reset'] }, async (box) => {
		await box.flash(await bench.flashable(image, { bootState: firstBootState(1), contents: { data } }));
		const operator = await bench.operator(20_000);
		t.teardown(() => operator.close());
		for (let starts = 2; starts > 0; starts--) {
			const isThere = new Promise<void>((resolve) => operator.onConnected(resolve));
			if (starts === 2) await box.power.on();
			else await box.reset();
			await box.serial.expect(`mullion: ${said}`);
			await isThere;
			const { Lines } = await operator.operate('Device.X_MULLION_Log.Read()', {}, { isSync: true });
			t.true(Lines?.includes(said));
			// What the firmware carries runs from memory.
			await areSettled(operator);
			await echo(operator, 'probe.echo');
		}
	});
}

test.serial(
	'a list of modules that a later firmware has written is told of, and those of this firmware are there',
	async (t) => {
		const folder = join(bench.folder, 'later');
		const data = `${folder}.img`;
		await mkdir(join(folder, 'state', 'modules'), { recursive: true });
		const body = JSON.stringify({ format: 2, modules: [] });
		const checksum = createHash('sha256').update(body).digest('hex');
		await writeFile(join(folder, 'state', 'modules', 'index'), `${checksum}\n${body}`);
		await makeData({ board: bench.board, config: bench.configOf(agent), folder, file: data, builtAt: 1 });
		await run.test(t.title, { needs: ['power', 'flash'] }, async (box) => {
			await box.flash(await bench.flashable(image, { bootState: firstBootState(1), contents: { data } }));
			const operator = await bench.start(t, box);
			await box.serial.expect('modules have to be installed again: store-newer');
			await areSettled(operator);
			await echo(operator, 'probe.echo');
			t.pass();
		});
	},
);

test.serial(
	'a box whose clock is back in 1970 goes on from its last life, and takes nothing that has expired by then',
	async (t) => {
		t.timeout(900_000);
		await run.test(t.title, { needs: ['power', 'flash', 'clock'] }, async (box) => {
			const { operator, at } = await firstLife(t, box);
			box.clock.startAt(new Date('1970-01-01T00:00:10Z'));
			await anotherLife(box, operator);
			const now = await timeOf(operator);
			t.true(now >= at, `${new Date(now).toISOString()}, and it was ${new Date(at).toISOString()} before`);
			t.true(now - at < dayMs);

			// Signed after the day of the build, for as long as it is signed for, and kept from the box until today.
			const old = await Repository.open({
				directory: bench.repository.directory,
				clock: { now: () => (bench.builtAt(1) * 1000 + dayMs) * 1000 },
			});
			await old.addTarget(next);
			await isExpired(t, operator);
			await isAsBefore(t, operator);
		});
	},
);

test.serial(
	'a box whose clock is beyond 2038 takes nothing, keeps what it has, and is as it was once its clock is right',
	async (t) => {
		t.timeout(900_000);
		await run.test(t.title, { needs: ['power', 'flash', 'clock'] }, async (box) => {
			const { operator, at } = await firstLife(t, box);
			box.clock.startAt(new Date('2039-02-01T00:00:00Z'));
			await anotherLife(box, operator);
			t.true((await timeOf(operator)) >= Date.parse('2039-02-01T00:00:00Z'));
			await isExpired(t, operator);
			await isAsBefore(t, operator);
			// Something of that life stays on the disk.
			await keep(operator, 'wrong-year');

			box.clock.startAt(new Date());
			await anotherLife(box, operator);
			const now = await timeOf(operator);
			t.true(now >= at && now - at < dayMs, new Date(now).toISOString());
			await operator.operate(`${modules}InstallDU()`, { URL: `tuf:${next.path}` });
			t.true(await has(operator, 'season'));
		});
	},
);

/** At a time that is right: it has installed a module and kept something. */
async function firstLife(t: ExecutionContext, box: Board): Promise<{ operator: Controller; at: number }> {
	// What the tests before have signed with a clock of their own has expired.
	await Repository.open({ directory: bench.repository.directory });
	await bench.repository.addTarget(pushed);
	await bench.repository.addTarget(next);
	await box.flash(await bench.flashable(image, { bootState: firstBootState(1) }));
	box.clock.startAt(new Date());
	const operator = await bench.start(t, box);
	await areSettled(operator);
	const at = await timeOf(operator);
	t.true(Math.abs(at - Date.now()) < dayMs);
	await operator.operate(`${modules}InstallDU()`, { URL: `tuf:${pushed.path}` });
	await keep(operator, 'season');
	return { operator, at };
}

/** After one that ended in order: what a service had kept is on the disk then. */
async function anotherLife(box: Board, operator: Controller): Promise<void> {
	const rebooted = operator.operate('Device.Reboot()');
	await box.serial.expect('mullion: the platform ended');
	await box.serial.expect('starting slot');
	await box.power.cut();
	const isThere = new Promise<void>((resolve) => operator.onConnected(resolve));
	await box.power.on();
	await isThere;
	await rebooted;
	await areSettled(operator);
}

/** Of the box, in milliseconds, by the last line of its log. */
async function timeOf(operator: Controller): Promise<number> {
	const { Lines = '[]' } = await operator.operate(
		'Device.X_MULLION_Log.Read()',
		{ Limit: '1' },
		{ isSync: true },
	);
	return Date.parse(JSON.parse(Lines)[0].Time);
}

/** What the repository says of itself now. */
async function isExpired(t: ExecutionContext, operator: Controller): Promise<void> {
	const installed = operator.operate(`${modules}InstallDU()`, { URL: `tuf:${next.path}` });
	const error = await t.throwsAsync(installed, { instanceOf: ControllerError });
	t.is(error?.reason, 'metadata-expired', error?.message);
}

async function isAsBefore(t: ExecutionContext, operator: Controller): Promise<void> {
	const units = await operator.get([`${modules}DeploymentUnit.`]);
	const installed = Object.values(units).map(({ DUID, Version, Status }) => `${DUID} ${Version} ${Status}`);
	t.deepEqual(installed.toSorted(), ['probe 0.1.0 Installed', 'pushed 0.1.0 Installed']);
	t.true(await has(operator, 'season'));
	await echo(operator, 'pushed.echo');
}

async function keep(operator: Controller, key: string): Promise<void> {
	await publishInBox(operator, 'probe.order', probe.order({ what: 'put', text: key, count: 1 }));
	// What it is asked may come into the turn that keeps it, in which it is not kept yet.
	while (!(await has(operator, key)));
}

async function has(operator: Controller, key: string): Promise<boolean> {
	const answer = await askBox(operator, 'probe.order', probe.order({ what: 'get', text: key }));
	return answer.includes('something');
}
