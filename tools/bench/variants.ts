/** Services that are all different to the engine, from one that was built: nothing of one is used for another. */
import { makeProbe } from '../../modules/probe/testbed.ts';

/** A text in the probe's data that has room for a number, as AssemblyScript keeps it. */
const room = 'never seen';

/** Gives the component with the number in place of the text; the first time takes a build, where there is none. */
export async function componentVariants(): Promise<(number: number) => Uint8Array<ArrayBuffer>> {
	const { bytes } = (await makeProbe()).built;
	const at = Buffer.from(bytes).indexOf(Buffer.from(room, 'utf16le'));
	if (at < 0) throw new Error(`the probe does not hold "${room}"`);
	return (number) => {
		const variant = Buffer.from(bytes);
		variant.write(String(number).padStart(room.length, '0'), at, 'utf16le');
		return new Uint8Array(variant);
	};
}
