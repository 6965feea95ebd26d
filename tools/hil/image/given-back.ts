/** A release that was given back: what the operator of the box hears, and that the box has all that it had before. */
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { type BuiltImage, firstBootState } from '../../../firmware/image/build-image.ts';
import { partitionsOf } from '../../../firmware/image/partitions.ts';
import { tool } from '../../../firmware/image/tool.ts';
import type { BootState } from '../../../firmware/slots/boot-state.ts';
import type { Probe } from '../../../modules/probe/testbed.ts';
import type { Controller } from '../../controller/controller.ts';
import type { Board } from '../board/board.ts';
import { claim } from '../board/claim.ts';
import { askBox, publishInBox } from './box-bus.ts';
import { areSettled } from './cuts/box-talk.ts';
import type { ImageBench } from './image-bench.ts';

/** Under this name the probe has kept something. */
const kept = 'season';

/** Slot b holds something to be started so often; slot a is release 1, and good. */
export function onTrial(starts: number): BootState {
	return {
		...firstBootState(1),
		order: ['b', 'a'],
		b: { left: starts, isGood: false },
		reason: 'not-started',
	};
}

export interface LivedDataOptions {
	readonly bench: ImageBench;
	/** Release 1, with a probe. */
	readonly image: BuiltImage;
	readonly probe: Probe;
}

/**
 * The data partition of a box that has lived: its probe has kept something. A life of its own, as what is on trial
 * runs before the box could be told to keep anything.
 */
export async function livedData({ bench, image, probe }: LivedDataOptions): Promise<string> {
	await using box = await claim({ needs: ['power', 'flash'] });
	const flashed = await bench.flashable(image, { bootState: firstBootState(1) });
	await box.flash(flashed, { writes: 'in-place' });
	await using operator = await bench.operator(30_000);
	const isThere = new Promise<void>((resolve) => operator.onConnected(resolve));
	await box.power.on();
	await isThere;
	await areSettled(operator);
	const order = probe.order({ what: 'put', text: kept, count: 1 });
	await publishInBox(operator, 'probe.order', order);
	// What it is asked may come into the turn that keeps it, in which it is not kept yet.
	while (!(await hasKept(operator, probe)));
	// It is on the disk once the box has ended in order. Nobody hears that it is back, for it is not switched on again.
	operator.operate('Device.Reboot()').catch(() => undefined);
	await box.serial.expect('mullion: the platform ended');
	await box.serial.expect('starting slot');
	await box.power.off();
	const { start = 0, size = 0 } = partitionsOf(bench.board).find(({ name }) => name === 'data') ?? {};
	const file = join(bench.folder, 'lived-data.img');
	const part = ['iflag=skip_bytes,count_bytes', `skip=${start}`, `count=${size}`];
	await tool('dd', [`if=${flashed.disk}`, `of=${file}`, 'bs=1M', 'conv=sparse', 'status=none', ...part]);
	return file;
}

export interface GivenBack {
	readonly bench: ImageBench;
	readonly box: Board;
	readonly probe: Probe;
	/** What the box says of it. */
	readonly reason: string;
}

/** The old slot runs, its operator can see why, and the module from the factory runs in it with what it has kept. */
export async function isBack(t: ExecutionContext, { bench, box, probe, reason }: GivenBack): Promise<void> {
	const operator = await bench.operator(30_000);
	t.teardown(() => operator.close());
	const isThere = new Promise<void>((resolve) => operator.onConnected(resolve));
	await box.serial.expect('starting slot a', { unless: 'starting slot b' });
	const { text } = await box.serial.expect(/ in slot b was given back after \d starts: .*$/);
	t.true(text.endsWith(`: ${reason}`), text);
	await isThere;
	await areSettled(operator);
	const objects = await operator.get(['Device.DeviceInfo.FirmwareImage.', 'Device.SoftwareModules.']);
	t.like(objects['Device.DeviceInfo.FirmwareImage.1.'], { Name: 'a', Version: '1.0.1', Status: 'Active' });
	const given = objects['Device.DeviceInfo.FirmwareImage.2.'];
	t.like(given, { Name: 'b', Available: 'false', Status: 'ActivationFailed' });
	t.true(given?.['BootFailureLog']?.endsWith(`: ${reason}`), given?.['BootFailureLog']);
	t.like(objects['Device.SoftwareModules.DeploymentUnit.1.'], { Name: 'probe', Status: 'Installed' });
	t.is(objects['Device.SoftwareModules.ExecutionUnit.1.']?.['Status'], 'Active');
	t.true(await hasKept(operator, probe), 'what the module has kept');
}

async function hasKept(operator: Controller, probe: Probe): Promise<boolean> {
	const answer = await askBox(operator, 'probe.order', probe.order({ what: 'get', text: kept }));
	return answer.includes('something');
}
