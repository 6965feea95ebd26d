// A photo that a VM of one cell has taken is seen by a VM of another, whole, without being asked for.
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { allImports } from '../../../modules/probe/testbed.ts';
import { encodeAny } from '../../../proto/host/codec.ts';
import { prepareComponent } from '../../../runtime/component/prepare.ts';
import { buildModule } from '../../build/component.ts';
import { readVmLoads } from '../../cli/vm-loads.ts';
import { TestBox } from './test-box.ts';
import { type Json, withManifest } from './variant.ts';

const [album] = await buildModule({ directory: fileURLToPath(new URL('album', import.meta.url)) });
if (album === undefined) throw new Error('the album was not built');
const { schema } = await prepareComponent(album.bytes, { provided: allImports });
const box = await TestBox.start();
test.after.always(() => box[Symbol.asyncDispose]());

async function install(name: string, changes: Json): Promise<void> {
	const bytes = withManifest(album?.bytes ?? new Uint8Array(), (json) => ({ ...json, name, ...changes }));
	const { fault, code } = await box.install(await box.sign(bytes, `modules/${name}.wasm`));
	if (fault !== 0) throw new Error(`${name} is not installed: ${code}`);
}

/** The pixels that are ordered with this seed, as FNV-1a sums them up. */
function checksum(bytes: number, seed: number): string {
	let [pixel, sum] = [seed, 0x811c9dc5];
	for (let at = 0; at < bytes; at++) {
		pixel = (Math.imul(pixel, 1_664_525) + 1_013_904_223) >>> 0;
		sum = Math.imul(sum ^ (pixel >>> 24), 0x01000193) >>> 0;
	}
	return sum.toString(16);
}

test.before(async () => {
	const photo = { 'album.photo': 'album.Photo' };
	await install('camera', { publishes: photo, subscribes: { 'album.take': 'album.Order' } });
	await install('viewer', { priority: 'background', publishes: {}, subscribes: photo });
});

for (const [what, bytes] of [
	['photo of 64 KiB', 65_536],
	['photo of 4 MiB', 4_194_304],
	['photo as large as a message may be', 16_777_216 - 64],
] as const)
	test.serial(`a ${what} comes to another cell with the checksum that it was taken with`, async (t) => {
		const from = box.lines.length;

		await box.publishOn(
			'album.take',
			encodeAny(JSON.parse(schema), 'album.Order', { bytes, seed: bytes + 1 }),
		);

		t.regex(
			await box.line(/viewer: /, from),
			new RegExp(`seen ${bytes} bytes of ${checksum(bytes, bytes + 1)}$`),
		);
		const { vms } = await readVmLoads(box.stage.operator);
		t.is(vms.get('camera')?.load.cell, 'open-interactive');
		t.is(vms.get('viewer')?.load.cell, 'open-background');
	});
