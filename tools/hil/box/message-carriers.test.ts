// The same proofs of messages on a box whose platform carries them, and on one where a container VM does.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { makeCourier } from '../../../modules/courier/testbed.ts';
import type { BoxForm } from './every-form.ts';
import { messageProofs } from './message-proofs.ts';
import { PowerFolder } from './power-folder.ts';
import { TestBox } from './test-box.ts';
import { withManifest } from './variant.ts';

const courier = await makeCourier();
const plain = await TestBox.start({ deadlineMs: 10_000 });
const folder = await mkdtemp(join(tmpdir(), 'mullion-power-'));
const power = await PowerFolder.make(folder);
const carried = await TestBox.start({
	deadlineMs: 10_000,
	ipc: { container: 'courier' },
	power: { supplies: folder, backMs: 0 },
});
const lost = /courier, which is to carry the messages of services, is (\S+)/;

test.after.always(() => plain[Symbol.asyncDispose]());
test.after.always(async () => {
	await carried[Symbol.asyncDispose]();
	await rm(folder, { recursive: true, force: true });
});

function formOf(box: TestBox): BoxForm {
	return { box, powerCut: () => box.stage.powerCut(), powerOn: () => box.stage.powerOn() };
}

test.serial('a box without its container says so, and takes none that anybody may write', async (t) => {
	t.regex(await carried.line(lost), /not installed/);
	const open = withManifest(courier.built.bytes, (manifest) => ({ ...manifest, domain: 'open' }));
	const { code } = await carried.install(await carried.sign(open, 'modules/open-courier.wasm'));
	t.is(code, 'container-unfit');
	const from = carried.lines.length;
	t.deepEqual(await carried.install(await carried.sign(courier.built.bytes, 'modules/courier.wasm')), {
		fault: 0,
		code: '',
	});
	await carried.line(/courier carries the messages of services/, from);
});

for (const [what, proof] of Object.entries(messageProofs)) {
	test.serial(`carried by the platform: ${what}`, (t) => proof(t, formOf(plain)));
	test.serial(`carried by a container VM: ${what}`, (t) => proof(t, formOf(carried)));
}

test.serial('without mains the services are suspended, and the container that is named is not', async (t) => {
	const from = carried.lines.length;
	await power.setMains(false);
	await carried.line(/near: \S+ -> suspended/, from);
	t.regex((await carried.vm('courier'))?.state ?? '', /running|hibernated/);
	await power.setMains(true);
	await carried.line(/near: suspended -> running/, from);
});

test.serial('a container that goes is missed', async (t) => {
	const from = carried.lines.length;
	t.deepEqual(await carried.uninstall('courier'), { fault: 0, code: '' });
	await carried.line(lost, from);
});
